import { AnkaError, type Context, monotonicNow, services } from '@ankasecure/contracts';
import type { Msg } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { elsewhere } from '../failure/elsewhere.js';
import type { BusConnection } from './connection.js';
import { decodeReply, encodeRequest } from './frame.js';
import { Responder } from './responder.js';

const context = {
  tenantId: crypto.randomUUID(),
  principal: 'p',
  correlationId: 'c',
  deadline: monotonicNow() + 60_000,
};

/** The lines that are logged while a handler fails with `thrown`, once for each context, and the code of the last reply. */
const failing = async (thrown: Error, contexts: readonly Context[] = [context]) => {
  const lines: [level: string, line: object][] = [];
  const log = {
    warn: (line: object) => lines.push(['warn', line]),
    error: (line: object) => lines.push(['error', line]),
  };
  const connection = { log, maxPayload: 100_000, tellWorking: () => undefined } as unknown as BusConnection;
  const sent: Uint8Array[] = [];
  const responder = new Responder(connection);
  for (const one of contexts) {
    const message = {
      subject: 'audit.x',
      data: encodeRequest(one, Buffer.from('{}')),
      respond: (frame: Uint8Array) => sent.push(frame),
    } as unknown as Msg;
    await responder.answer(message, () => Promise.reject(thrown));
  }
  const { head } = decodeReply(sent.at(-1) ?? expect.unreachable());
  return { lines, code: head.ok ? undefined : head.error.code };
};

const lost = Object.assign(new Error('canary'), { code: 'ECONNREFUSED' });

it.each([
  ['a fault of our own', new TypeError('x'), 'internal-error', 'error'],
  ['a lost database', lost, 'service-unavailable', 'error'],
  ['a trail that is not as it was sealed', new AnkaError('service-unavailable', 'd'), 'service-unavailable', 'error'],
  ['a process that is away', elsewhere(new AnkaError('service-unavailable', 'd')), 'service-unavailable', 'warn'],
  ['a fault of another process', elsewhere(new AnkaError('internal-error', 'd')), 'internal-error', 'warn'],
] as const)('%s is logged where it is', async (_, thrown, code, level) => {
  const { lines, code: told } = await failing(thrown);
  expect([told, lines.map(([at]) => at)]).toEqual([code, [level]]);
  expect(lines[0]?.[1]).toMatchObject({ subject: 'audit.x', correlationId: 'c', code });
});

it.each([new AnkaError('key-not-found'), elsewhere(new AnkaError('policy-refused'))])(
  '%s is an answer, not a failure',
  async (thrown) => expect(await failing(thrown)).toEqual({ lines: [], code: thrown.code }),
);

const askers = [...services.map((principal) => [principal, 1] as const), ['alice', 5] as const];
it.each(askers)('a fault elsewhere of five requests of %s is logged %i times', async (principal, times) => {
  const requests = Array.from({ length: 5 }, (_, index) => ({ ...context, principal, correlationId: `c${index}` }));
  const { lines } = await failing(elsewhere(new AnkaError('service-unavailable', 'd')), requests);
  expect(lines.map(([level]) => level)).toEqual(Array.from({ length: times }, () => 'warn'));
  const own = await failing(new AnkaError('service-unavailable', 'd'), requests);
  expect(own.lines.map(([level]) => level)).toEqual(Array.from({ length: 5 }, () => 'error'));
});
