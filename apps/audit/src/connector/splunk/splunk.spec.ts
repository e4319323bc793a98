import type { SettingsOf } from '@ankasecure/contracts';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Connecting, describeHttpConnector } from '../connector.conformance.js';
import type { Connector, ConnectorParts, Outcome } from '../connector.js';
import { openSender } from '../http/http-sender.js';
import { HecEmulator, hecReply } from '../testing/hec-emulator.js';
import { type Authorities, HttpsReceiver, makeAuthorities } from '../testing/https-receiver.js';
import { encoded, sealedEventOf, sealedEvents } from '../testing/sealed-event.fixture.js';
import { hecCodes } from './hec-code.js';
import { openSplunk, SplunkConnector } from './splunk.connector.js';

const token = new HecEmulator().token;
const settingsOf = ({ url, tls }: Pick<Connecting, 'url' | 'tls'>, acknowledged = false): SettingsOf<'splunk'> => ({
  kind: 'splunk',
  url,
  token: 'token',
  acknowledged,
  index: 'audit',
  sourcetype: 'ankasecure:audit',
  host: 'ankasecure',
  tls,
});
const partsOf = (connecting: Connecting, acknowledged = false): ConnectorParts<SettingsOf<'splunk'>> => ({
  settings: settingsOf(connecting, acknowledged),
  admit: () => undefined,
  now: () => Date.now(),
  ...connecting,
});

/** The HTTP status of each code, by the vendor's table. */
const statusOf: Readonly<Record<keyof typeof hecCodes, number>> = {
  1: 403,
  2: 401,
  3: 401,
  4: 403,
  5: 400,
  6: 400,
  7: 400,
  8: 500,
  9: 503,
  10: 400,
  11: 400,
  12: 400,
  13: 400,
  14: 400,
  15: 400,
  16: 400,
  18: 503,
  19: 503,
  20: 503,
  21: 400,
  22: 400,
};

describeHttpConnector('Splunk', {
  emulate: () => new HecEmulator(),
  open: (connecting) => openSplunk(partsOf(connecting)),
  secrets: { token: `${token}\n` },
  answers: [
    ...Object.entries(hecCodes).map(
      ([code, result]) =>
        [
          `code ${code}`,
          {
            status: statusOf[Number(code) as keyof typeof hecCodes],
            body: JSON.stringify({ text: 'words', code: Number(code) }),
          },
          { result },
        ] as const,
    ),
    ['of one refused event', hecReply(6, { 'invalid-event-number': 1 }), { result: 'poison', at: 1 }],
    ['of a code that nobody knows', { status: 400, body: '{"text":"new","code":99}' }, { result: 'pause' }],
    ['of a code without its number', { status: 503, body: '{"text":"busy"}' }, { result: 'retry' }],
    ['of success in the wrong place', { status: 503, body: '{"text":"Success","code":0}' }, { result: 'retry' }],
    ['of a failure in the wrong place', { status: 200, body: '{"text":"busy","code":9}' }, { result: 'retry' }],
  ],
});

describe('acknowledgement by indexers', () => {
  let authorities: Authorities;
  let emulator: HecEmulator;
  let receiver: HttpsReceiver;
  let connector: Connector;
  const pace = { firstMs: 5, mostMs: 20, patienceMs: 300 };
  const send = (): Promise<Outcome> =>
    connector.send(encoded(connector, sealedEvents(2)), new AbortController().signal);
  const polls = () => receiver.received.filter(({ url }) => url.pathname.endsWith('/ack'));
  const open = async (): Promise<Connector> => {
    const secret = async () => Buffer.from(authorities.authority.cert);
    const parts = partsOf({ url: receiver.url, tls: { authority: 'ca' }, secret }, true);
    return new SplunkConnector(parts.settings, token, await openSender(parts), parts.now, pace);
  };
  beforeAll(async () => {
    authorities = await makeAuthorities();
  });
  beforeEach(async () => {
    emulator = new HecEmulator();
    emulator.isAcknowledging = true;
    receiver = await new HttpsReceiver(authorities, emulator.handle).listen();
    connector = await open();
  });
  afterEach(async () => {
    connector.close();
    await receiver.stop();
  });

  const channelsOf = () => receiver.received.map(({ headers }) => headers['x-splunk-request-channel']);
  const sendOf = (tenantId: string): Promise<Outcome> =>
    connector.send(encoded(connector, [sealedEventOf(1, { tenantId })]), new AbortController().signal);

  it('is waited for, on one channel for each tenant', async () => {
    for (const tenantId of ['a', 'a', 'b', 'a', 'b']) expect(await sendOf(tenantId)).toEqual({ result: 'delivered' });
    const batches = receiver.received.filter(({ url }) => url.pathname.endsWith('/event'));
    const [first, , second] = batches.map(({ headers }) => headers['x-splunk-request-channel']);
    expect(new Set(channelsOf())).toEqual(new Set([first, second]));
    expect(batches.map(({ headers }) => headers['x-splunk-request-channel'])).toEqual(
      ['a', 'a', 'b', 'a', 'b'].map((tenantId) => (tenantId === 'a' ? first : second)),
    );
    expect(first).not.toBe(second);
  });

  it('leaves a channel on which a batch was not acknowledged', async () => {
    emulator.isIndexing = false;
    await sendOf('a');
    emulator.isIndexing = true;
    expect([await sendOf('a'), await sendOf('a')]).toEqual([{ result: 'delivered' }, { result: 'delivered' }]);
    expect(new Set(channelsOf()).size).toBe(2);
    expect(channelsOf().at(-1)).not.toBe(channelsOf()[0]);
  });

  it.each([0, 3, 4])(
    'leaves a channel whose next number is %d after 4: it may be that of an earlier batch',
    async (next) => {
      receiver.queued.push(hecReply(0, { ackId: 4 }), { status: 200, body: '{"acks":{"4":true}}' });
      expect(await sendOf('a')).toEqual({ result: 'delivered' });
      receiver.queued.push(hecReply(0, { ackId: next }), { status: 200, body: `{"acks":{"${next}":true}}` });
      const asked = polls().length;
      expect(await sendOf('a')).toMatchObject({ result: 'retry' });
      expect(polls().length).toBe(asked);
      receiver.queued.length = 0;
      expect(await sendOf('a')).toEqual({ result: 'delivered' });
      expect(new Set(channelsOf()).size).toBe(2);
    },
  );

  it('leads later batches to the indexer that has the channel', async () => {
    receiver.queued.push({ ...hecReply(0, { ackId: 0 }), headers: { 'set-cookie': ['balancer=two; Path=/'] } });
    receiver.queued.push({ status: 200, body: '{"acks":{"0":true}}' });
    await sendOf('a');
    receiver.queued.push(hecReply(0, { ackId: 1 }), { status: 200, body: '{"acks":{"1":true}}' });
    expect(await sendOf('a')).toEqual({ result: 'delivered' });
    expect(receiver.received.map(({ headers }) => headers['cookie'])).toEqual([
      undefined,
      'balancer=two',
      'balancer=two',
      'balancer=two',
    ]);
  });

  it('that never comes is no delivery', async () => {
    emulator.isIndexing = false;
    expect(await send()).toMatchObject({ result: 'retry' });
    expect(polls().length).toBeGreaterThan(2);
  });

  it('leads questions to the indexer that has the batch', async () => {
    const cookies = ['balancer=two; Path=/', 'session=7'];
    receiver.queued.push({ ...hecReply(0, { ackId: 0 }), headers: { 'set-cookie': cookies } });
    receiver.queued.push({ status: 200, body: '{"acks":{"0":false}}' }, { status: 200, body: '{"acks":{"0":true}}' });
    expect(await send()).toEqual({ result: 'delivered' });
    expect(polls().map(({ headers }) => headers['cookie'])).toEqual([
      'balancer=two; session=7',
      'balancer=two; session=7',
    ]);
  });

  it('of another indexer, which counts from 0 as well, is none', async () => {
    // The balancer leads every question to an indexer that knows other batches by these numbers.
    const other = new HecEmulator();
    other.isAcknowledging = true;
    for (let count = 0; count < 3; count++) await send();
    receiver.received.length = 0;
    const first = emulator.handle;
    const balanced = await new HttpsReceiver(authorities, (request) =>
      request.url.pathname.endsWith('/ack') ? other.handle(request) : first(request),
    ).listen();
    const parts = partsOf(
      { url: balanced.url, tls: { authority: 'ca' }, secret: async () => Buffer.from(authorities.authority.cert) },
      true,
    );
    const through = new SplunkConnector(parts.settings, token, await openSender(parts), parts.now, pace);
    expect(await through.send(encoded(through, sealedEvents(1)), new AbortController().signal)).toMatchObject({
      result: 'retry',
    });
    through.close();
    await balanced.stop();
  });

  it.each([
    ['404', { status: 404 }, 'retry'],
    ['400 with nothing', { status: 400 }, 'pause'],
    ['code 14', hecReply(14), 'pause'],
    ['code 6', hecReply(6), 'retry'],
    ['success of an event', hecReply(0), 'retry'],
    ['another number', { status: 200, body: '{"acks":{"1":true}}' }, 'retry'],
    ['no JSON', { status: 200, body: 'ok' }, 'retry'],
  ] as const)('is not the answer %s', async (_, reply, result) => {
    receiver.queued.push(hecReply(0, { ackId: 0 }), ...Array.from({ length: 200 }, () => reply));
    const outcome = await send();
    expect(outcome.result).not.toBe('delivered');
    expect(['retry', 'pause']).toContain(outcome.result);
    if (result === 'pause' && reply.status === 400) expect(outcome).toMatchObject({ result });
  });

  it('pauses if the token has it off', async () => {
    emulator.isAcknowledging = false;
    expect(await send()).toMatchObject({ result: 'pause' });
  });
});
