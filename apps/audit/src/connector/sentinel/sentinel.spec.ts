import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { EntraCredential, SettingsOf } from '@ankasecure/contracts';
import { makeIdentity } from '@ankasecure/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Connecting, describeHttpConnector } from '../connector.conformance.js';
import type { Connector, ConnectorParts } from '../connector.js';
import { nextBatch } from '../delivery/batch.js';
import { type Authorities, HttpsReceiver, makeAuthorities } from '../testing/https-receiver.js';
import { encoded, sealedEventOf, sealedEvents } from '../testing/sealed-event.fixture.js';
import { type KnownCredentials, SentinelEmulator } from '../testing/sentinel-emulator.js';
import { openSentinel } from './sentinel.connector.js';
import { sentinelRecord } from './sentinel-record.js';

const { rule, stream, directory, clientId } = new SentinelEmulator();
const bySecret: EntraCredential = { by: 'secret', secret: 'secret' };
const partsOf = (
  connecting: Connecting,
  credential: EntraCredential = bySecret,
): ConnectorParts<SettingsOf<'sentinel'>> => ({
  admit: () => undefined,
  now: () => Date.now(),
  settings: {
    kind: 'sentinel',
    url: connecting.url,
    rule,
    stream,
    directory,
    clientId,
    credential,
    login: connecting.url,
    scope: 'https://monitor.azure.com/.default',
    tls: connecting.tls,
  },
  ...connecting,
});

describeHttpConnector('Microsoft Sentinel', {
  emulate: () => new SentinelEmulator(),
  open: (connecting) => openSentinel(partsOf(connecting)),
  secrets: { secret: 'entra-secret\n' },
  isDelivery: ({ pathname }) => pathname.startsWith('/dataCollectionRules/'),
  // The first answer is Entra's.
  answers: [
    ['of Entra without a token', { status: 200, body: '{"error":"x"}' }, { result: 'retry' }],
    ['of Entra to a wrong secret', { status: 401, body: '{"error":"invalid_client"}' }, { result: 'pause' }],
    [
      'of Entra to an unknown application',
      { status: 400, body: '{"error":"unauthorized_client"}' },
      { result: 'pause' },
    ],
    ['of Entra to too many', { status: 429, headers: { 'retry-after': '9' } }, { result: 'retry', retryAfterMs: 9000 }],
  ],
});

describe('uploads to Microsoft Sentinel', () => {
  let authorities: Authorities;
  const stops: (() => unknown)[] = [];
  beforeAll(async () => {
    authorities = await makeAuthorities();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  const never = new AbortController().signal;
  const start = async (
    credential: EntraCredential,
    known: KnownCredentials,
    files: Readonly<Record<string, string>>,
  ) => {
    const emulator = new SentinelEmulator(known);
    const receiver = await new HttpsReceiver(authorities, emulator.handle).listen();
    stops.push(() => receiver.stop());
    const all: Readonly<Record<string, string>> = { ca: authorities.authority.cert, ...files };
    const secret = async (name: string) => Buffer.from(all[name] ?? expect.unreachable());
    const connector = await openSentinel(partsOf({ url: receiver.url, tls: { authority: 'ca' }, secret }, credential));
    stops.push(() => connector.close());
    return { emulator, receiver, connector };
  };
  const plain = () => start(bySecret, { secret: 's' }, { secret: 's' });
  const send = (connector: Connector, events = sealedEvents(2)) => connector.send(encoded(connector, events), never);

  it('prove who sends by a certificate, and by the token of a workload', async () => {
    const identity = await makeIdentity({ key: ['rsa:2048'] });
    const certificate: EntraCredential = { by: 'certificate', certificate: 'cert', key: 'key' };
    const own = await start(certificate, { certificate: identity.cert }, identity as unknown as Record<string, string>);
    expect(await send(own.connector)).toEqual({ result: 'delivered' });
    const other = await makeIdentity({ key: ['rsa:2048'] });
    const wrong = await start(certificate, { certificate: other.cert }, identity as unknown as Record<string, string>);
    expect(await send(wrong.connector)).toMatchObject({ result: 'pause' });
    const federated = await start(
      { by: 'workload-identity', token: 'file' },
      { federated: 'a.b.c' },
      { file: 'a.b.c\n' },
    );
    expect(await send(federated.connector)).toEqual({ result: 'delivered' });
  });

  it('keep a token, and get another one when it is refused', async () => {
    const { emulator, connector } = await plain();
    await send(connector);
    await send(connector);
    expect(emulator.tokensGiven).toBe(1);
    emulator.revoke();
    expect([await send(connector), emulator.tokensGiven]).toEqual([{ result: 'delivered' }, 2]);
  });

  it.each([
    [200, '', 'retry'],
    [202, '{}', 'retry'],
    [403, '{"error":{"code":"OperationFailed"}}', 'pause'],
    [404, '', 'pause'],
    [413, '', 'poison'],
    [429, '', 'retry'],
    [503, '', 'retry'],
  ])('take HTTP %s with %j for a reason to %s', async (status, body, result) => {
    const { receiver, connector } = await plain();
    await send(connector);
    receiver.queued.push({ status, body });
    expect(await send(connector)).toMatchObject({ result });
  });

  it('never have more than 1,000,000 bytes', async () => {
    const { receiver, connector } = await plain();
    const details = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`n${index}`, 'é'.repeat(200)]));
    const events = Array.from({ length: 100 }, (_, index) => sealedEventOf(index + 1, { details }));
    const batch = nextBatch(connector, events, (event) => event);
    if (!('events' in batch)) return expect.unreachable();
    expect(batch.events.length).toBeLessThan(events.length);
    expect(await connector.send(batch.events, never)).toEqual({ result: 'delivered' });
    const size = gunzipSync(receiver.received.at(-1)?.body ?? expect.unreachable()).length;
    expect([size > 900_000, size <= 1_000_000]).toEqual([true, true]);
  });
});

describe('the table of Microsoft Sentinel', () => {
  interface Column {
    readonly name: string;
    readonly type: string;
  }
  const file = new URL('../../../../../deploy/siem/sentinel/azuredeploy.json', import.meta.url);
  const { resources } = JSON.parse(readFileSync(file, 'utf8')) as {
    resources: readonly {
      properties: {
        schema?: { columns: readonly Column[] };
        streamDeclarations?: Record<string, { columns: readonly Column[] }>;
      };
    }[];
  };
  const [table, declared] = [
    resources[0]?.properties.schema?.columns,
    resources[1]?.properties.streamDeclarations?.[stream]?.columns,
  ];

  it('has the columns of a record, with names that Azure takes', () => {
    const record = sentinelRecord(sealedEventOf(1));
    expect(table?.map(({ name }) => name)).toEqual(Object.keys(record));
    expect(declared).toEqual(table);
    for (const name of Object.keys(record)) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,44}$/);
    for (const reserved of ['TenantId', 'id', 'Type', 'Title', 'UniqueId']) expect(record).not.toHaveProperty(reserved);
  });

  it('leaves out details that a field cannot hold', () => {
    const details = Object.fromEntries(Array.from({ length: 512 }, (_, index) => [`n${index}`, 'x'.repeat(512)]));
    expect(JSON.stringify(sentinelRecord(sealedEventOf(1, { details }))).length).toBeLessThan(5_000);
  });
});
