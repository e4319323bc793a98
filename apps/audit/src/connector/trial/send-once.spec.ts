import { describe, expect, it } from 'vitest';
import type { Connector, Outcome } from '../connector.js';
import { ScriptedConnector } from '../testing/scripted-connector.js';
import { sealedEventOf } from '../testing/sealed-event.fixture.js';
import { sendOnce } from './send-once.js';

const event = sealedEventOf(7);
const never = (): Promise<never> => new Promise(() => undefined);

/** A connector that notes how often it was closed. */
class Closing extends ScriptedConnector {
  closed = 0;
  override close(): void {
    this.closed++;
  }
}
const connectorOf = (over: Partial<Connector>): Closing => Object.assign(new Closing(), over);

describe('one event that is sent for a test', () => {
  it.each<[Outcome, object]>([
    [{ result: 'delivered' }, { result: 'delivered', reason: null }],
    [
      { result: 'retry', reason: 'HTTP 503' },
      { result: 'retry', reason: 'HTTP 503' },
    ],
    [
      { result: 'pause', reason: 'HTTP 401' },
      { result: 'pause', reason: 'HTTP 401' },
    ],
    [
      { result: 'poison', reason: 'HTTP 400', at: 0 },
      { result: 'poison', reason: 'HTTP 400' },
    ],
    [
      { result: 'items', items: [{ result: 'delivered' }] },
      { result: 'delivered', reason: null },
    ],
    [
      { result: 'items', items: [{ result: 'poison', reason: 'type 400' }] },
      { result: 'poison', reason: 'type 400' },
    ],
    [{ result: 'items', items: [] }, { result: 'retry' }],
    [{ result: 'pause', reason: `\0\uD800${'x'.repeat(9_000)}` }, { reason: `\uFFFD${'x'.repeat(499)}` }],
  ])('is answered for %j', async (outcome, attempt) => {
    const connector = connectorOf({ send: async () => outcome });
    expect(await sendOnce(async () => connector, event, 60_000)).toMatchObject(attempt);
    await expect.poll(() => connector.closed).toBe(1);
  });

  it('is sent alone, also by a connector that would send again what came before', async () => {
    const connector = connectorOf({});
    connector.prepare = async () => ({ repeat: 1000, done: () => expect.unreachable() });
    expect(await sendOnce(async () => connector, event, 60_000)).toMatchObject({ result: 'delivered' });
    expect([...connector.sent.values()]).toEqual([[[7]]]);
  });

  it('is not sent without a connection, a form that the receiver takes, or a secret', async () => {
    const [unreachable, formless] = [connectorOf({}), connectorOf({})];
    unreachable.prepare = async () => ({ outcome: { result: 'retry', reason: 'ECONNREFUSED' } });
    formless.encode = () => {
      throw new Error('too long');
    };
    const missing = () => Promise.reject(new Error('The secret token cannot be read: ENOENT'));
    expect(await sendOnce(async () => unreachable, event, 60_000)).toMatchObject({ reason: 'ECONNREFUSED' });
    expect(await sendOnce(async () => formless, event, 60_000)).toEqual({ result: 'poison', reason: 'too long' });
    expect(await sendOnce(missing, event, 60_000)).toMatchObject({
      result: 'pause',
      reason: expect.stringContaining('ENOENT') as string,
    });
    expect([unreachable.sent.size, formless.sent.size]).toEqual([0, 0]);
  });

  const hanging: Readonly<Record<string, () => Promise<Connector>>> = {
    'to open': never,
    'to prepare': async () => connectorOf({ prepare: never }),
    'to send, whatever it is told': async () => connectorOf({ send: never }),
    'to send until it is told to end': async () =>
      connectorOf({
        send: (_, signal) =>
          new Promise((done) =>
            signal.addEventListener('abort', () => done({ result: 'retry', reason: 'ABORT_ERR' }), { once: true }),
          ),
      }),
  };
  it.each(Object.entries(hanging))(
    'ends in its time where a connector takes for ever %s, and is closed',
    async (_, open) => {
      let opened: Closing | undefined;
      const noting = async () => (opened = (await open()) as Closing);
      const reason = 'The receiver did not take the event within 0.05 s.';
      expect(await sendOnce(noting, event, 50)).toEqual({ result: 'retry', reason });
      if (opened !== undefined) expect(opened.closed).toBe(1);
    },
  );
});
