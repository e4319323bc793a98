import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { ConnectorTls } from '@ankasecure/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Connector, Outcome, ReadSecret } from './connector.js';
import {
  type Authorities,
  HttpsReceiver,
  makeAuthorities,
  type Received,
  type Reply,
} from './testing/https-receiver.js';
import { encoded, sealedEventOf, sealedEvents } from './testing/sealed-event.fixture.js';

/** The choices of one test of a connector. */
export interface Connecting {
  readonly url: string;
  readonly tls: ConnectorTls;
  readonly secret: ReadSecret;
  readonly admit?: (address: string) => void;
  readonly requestMs?: number;
}

/** An emulator of a vendor's receiver. */
export interface Emulator {
  readonly handle: (request: Received) => Reply;
  /** The ids of the events that it has, in its order. */
  readonly events: () => readonly string[];
  /** From now on it refuses the credentials that it took before. */
  readonly expire: () => void;
}

/** A connector to a receiver that speaks HTTP, for the suite that all of them pass. */
export interface HttpSubject {
  readonly emulate: () => Emulator;
  readonly open: (connecting: Connecting) => Promise<Connector>;
  /** The secrets besides the TLS files. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Tells a request that delivers from one that logs in. Default: all of them deliver. */
  readonly isDelivery?: (url: URL) => boolean;
  /** Whether it looks into the answer of a success. Default: true. */
  readonly readsAnswers?: boolean;
  /** Answers in the vendor's words, and what each means for a batch of two. */
  readonly answers: readonly (readonly [name: string, reply: Reply, outcome: Partial<Outcome>])[];
}

const soonMs = 400;

/** The suite that every connector over HTTP passes. */
export const describeHttpConnector = (
  name: string,
  { emulate, open, secrets, answers, readsAnswers = true, isDelivery = () => true }: HttpSubject,
): void => {
  describe(`the connector to ${name}`, () => {
    let authorities: Authorities;
    const stops: (() => unknown)[] = [];
    beforeAll(async () => {
      authorities = await makeAuthorities();
    });
    afterEach(async () => {
      for (const stop of stops.splice(0).reverse()) await stop();
    });
    afterAll(async () => {
      for (const stop of stops) await stop();
    });

    const files = (): Readonly<Record<string, string>> => ({
      ...secrets,
      'ca.pem': authorities.authority.cert,
      'client.pem': authorities.client.cert,
      'client-key.pem': authorities.client.key,
      'stranger.pem': authorities.stranger.cert,
      'stranger-key.pem': authorities.stranger.key,
    });
    const secret: ReadSecret = async (asked) => Buffer.from(files()[asked] ?? expect.unreachable(asked));
    const start = async (isMutual = false) => {
      const emulator = emulate();
      const receiver = await new HttpsReceiver(authorities, emulator.handle, isMutual).listen();
      stops.push(() => receiver.stop());
      return { emulator, receiver };
    };
    const connect = async (url: string, over: Partial<Connecting> = {}): Promise<Connector> => {
      const connector = await open({ url, tls: { authority: 'ca.pem' }, secret, ...over });
      stops.push(() => connector.close());
      return connector;
    };
    const never = new AbortController().signal;
    const send = (connector: Connector, count = 2, signal = never) =>
      connector.send(encoded(connector, sealedEvents(count)), signal);
    const isWhole = (outcome: Outcome): boolean =>
      outcome.result === 'delivered' ||
      (outcome.result === 'items' && outcome.items.every(({ result }) => result === 'delivered'));

    it('delivers events whole and in their order', async () => {
      const { emulator, receiver } = await start();
      const connector = await connect(receiver.url);
      const awkward = [
        'a|b=c\\d',
        'line\nbreak\r\t',
        '"quoted" ]',
        '\u202Eright',
        '\uFEFFmark',
        '💥',
        '{"a":[1]}',
        ' ',
      ];
      const events = awkward.map((userId, index) =>
        sealedEventOf(index + 1, { userId, details: { [userId]: userId } }),
      );
      expect(isWhole(await connector.send(encoded(connector, events), never))).toBe(true);
      expect(emulator.events()).toEqual(events.map(({ eventId }) => eventId));
    });

    it('says of an event that was delivered before that it is a repeat, and of no other', async () => {
      const { receiver } = await start();
      const connector = await connect(receiver.url);
      const event = sealedEventOf(7);
      const [first, again] = [connector.encode(event), connector.encode({ ...event, repeat: true })].map(String);
      expect(again).toMatch(/repeat"(:|,"value":\{"boolValue":)"?true/i);
      expect(first).not.toMatch(/repeat"(:|,"value":\{"boolValue":)"?true/i);
      expect(isWhole(await connector.send(encoded(connector, [event]), never))).toBe(true);
    });

    it.each(answers)('takes the answer %s for what it means', async (_, reply, outcome) => {
      const { receiver } = await start();
      receiver.queued.push(reply);
      expect(await send(await connect(receiver.url))).toMatchObject(outcome);
    });

    it.each([500, 502, 503, 504, 408, 429])('tries again after HTTP %s, which says nothing else', async (status) => {
      const { emulator, receiver } = await start();
      receiver.queued.push({ status });
      const connector = await connect(receiver.url);
      expect(await send(connector)).toMatchObject({ result: 'retry' });
      expect(isWhole(await send(connector))).toBe(true);
      expect(emulator.events()).toHaveLength(2);
    });

    it.each([401, 403, 404, 405, 301, 307])(
      'pauses on HTTP %s, which says nothing else, and follows no redirect',
      async (status) => {
        const [{ receiver }, elsewhere] = [await start(), await start()];
        receiver.queued.push({ status, headers: { location: elsewhere.receiver.url } });
        expect(await send(await connect(receiver.url))).toMatchObject({ result: 'pause' });
        expect(elsewhere.receiver.received).toEqual([]);
      },
    );

    it.each([200, 400, 401, 403, 404, 413, 429, 500])(
      'shows no secret of its own where the answer %s repeats the request',
      async (status) => {
        const words = Object.values(secrets).map((text) => text.trim());
        const { receiver } = await start();
        receiver.isQueued = () => true;
        receiver.echoes = (received) => {
          const { headers, body } = received;
          const told = `${'.'.repeat(30)} ${JSON.stringify(headers)} ${body.toString('latin1')}`;
          return { status, body: status % 2 === 0 ? told : JSON.stringify({ text: told, error: told }) };
        };
        const outcome = JSON.stringify(await send(await connect(receiver.url)));
        for (const word of words) {
          expect(outcome).not.toContain(word);
          // Not even where a cut ends a reason.
          expect(outcome).not.toContain(word.slice(0, 12));
        }
      },
    );

    it('cuts a batch that is too large', async () => {
      const { receiver } = await start();
      receiver.isQueued = isDelivery;
      receiver.queued.push({ status: 413 });
      expect(await send(await connect(receiver.url))).toMatchObject({ result: 'poison' });
    });

    it('waits as long as Retry-After says, in seconds or until a date', async () => {
      const { receiver } = await start();
      const connector = await connect(receiver.url);
      receiver.queued.push({ status: 503, headers: { 'retry-after': '17' } });
      expect(await send(connector)).toMatchObject({ result: 'retry', retryAfterMs: 17_000 });
      const headers = { date: 'Mon, 30 Nov 2026 10:00:00 GMT', 'retry-after': 'Mon, 30 Nov 2026 10:02:00 GMT' };
      receiver.queued.push({ status: 503, headers });
      expect(await send(connector)).toMatchObject({ result: 'retry', retryAfterMs: 120_000 });
    });

    it('takes nothing for granted that has no whole answer', async () => {
      const { receiver } = await start();
      const connector = await connect(receiver.url, { requestMs: soonMs });
      const broken = ['{"not":', '', '<html>'].map((body) => ({ status: 200, body }));
      for (const fault of ['hang', 'reset', ...(readsAnswers ? broken : [])] as const) {
        receiver.queued.push(fault);
        expect(await send(connector)).toMatchObject({ result: 'retry' });
      }
    });

    it('waits for a slow answer', async () => {
      const { receiver } = await start();
      receiver.queued.push('slow');
      expect(isWhole(await send(await connect(receiver.url)))).toBe(true);
    });

    it('pauses when its credentials have expired', async () => {
      const { emulator, receiver } = await start();
      const connector = await connect(receiver.url);
      expect(isWhole(await send(connector))).toBe(true);
      emulator.expire();
      expect(await send(connector)).toMatchObject({ result: 'pause' });
      expect(emulator.events()).toHaveLength(2);
    });

    it('sends nothing to a receiver whose certificate another authority has issued, or that has another name', async () => {
      const { emulator, receiver } = await start();
      for (const verifies of ['0', undefined]) {
        vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', verifies);
        const strange = await connect(receiver.url, { tls: { authority: 'stranger.pem' } });
        expect(await send(strange)).toMatchObject({ result: 'pause' });
        const named = await connect(receiver.url.replace('127.0.0.1', 'localhost'));
        expect(await send(named)).toMatchObject({ result: 'pause' });
      }
      vi.unstubAllEnvs();
      expect([emulator.events(), receiver.received]).toEqual([[], []]);
    });

    it('has a client certificate, and pauses when the receiver refuses it', async () => {
      const { emulator, receiver } = await start(true);
      const own = { authority: 'ca.pem', certificate: 'client.pem', key: 'client-key.pem' };
      expect(isWhole(await send(await connect(receiver.url, { tls: own })))).toBe(true);
      const strange = { authority: 'ca.pem', certificate: 'stranger.pem', key: 'stranger-key.pem' };
      // node's server drops the connection and says nothing, as if the network had.
      expect(await send(await connect(receiver.url, { tls: strange }))).toMatchObject({ result: 'retry' });
      expect(await send(await connect(receiver.url))).toMatchObject({ result: 'pause' });
      expect(emulator.events()).toHaveLength(2);
    });

    it('tries again when nobody listens', async () => {
      const closed = createServer();
      await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
      const { port } = closed.address() as AddressInfo;
      await new Promise((done) => closed.close(done));
      expect(await send(await connect(`https://127.0.0.1:${port}`))).toMatchObject({ result: 'retry' });
    });

    it('connects to no address that it may not, by number or by name', async () => {
      const { receiver } = await start();
      const admit = (): void => {
        throw new Error('internal');
      };
      for (const url of [receiver.url, receiver.url.replace('127.0.0.1', 'localhost')])
        expect(await send(await connect(url, { admit }))).toEqual({ result: 'pause', reason: 'internal' });
      expect(receiver.received).toEqual([]);
    });

    it('ends an attempt at once when it is told to', async () => {
      const { receiver } = await start();
      receiver.queued.push('hang');
      const abort = new AbortController();
      const sending = send(await connect(receiver.url), 2, abort.signal);
      await expect.poll(() => receiver.received.length).toBe(1);
      abort.abort();
      expect(await sending).toMatchObject({ result: 'retry' });
    });
  });
};
