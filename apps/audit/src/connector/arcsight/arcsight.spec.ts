import type { ConnectorTls } from '@ankasecure/contracts';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connector, ReadSecret } from '../connector.js';
import { type Authorities, makeAuthorities } from '../testing/https-receiver.js';
import { encoded, sealedEventOf, sealedEvents } from '../testing/sealed-event.fixture.js';
import { readMessage, SyslogEmulator } from '../testing/syslog-emulator.js';
import { openArcsight } from './arcsight.connector.js';
import { cefOf } from './cef.js';
import { syslogFrame } from './syslog-frame.js';

const awkward = [
  'a|b=c\\d',
  'line\nbreak\r\nend',
  '"quoted" ]',
  'forged cs1=other cn1=7',
  'ends with backslash\\',
  '\\n',
  '\uFEFFmark',
  '\u202Eright',
  '💥',
  ' spaces ',
  'CEF:0|a|b|c|d|e|1|',
  '<13>1 - - - - - -',
  '77 <13>1 x',
];
/** Every control character but those with an escape of their own, and what breaks lines besides. */
const controls = [...Array.from({ length: 160 }, (_, code) => code), 0x2028, 0x2029]
  .map((code) => String.fromCharCode(code))
  .filter((letter) => /[\p{Cc}\u2028\u2029]/u.test(letter) && !'\n\r'.includes(letter));
const read = (frame: Buffer) => {
  const text = frame.toString();
  const space = text.indexOf(' ');
  expect(Number(text.slice(0, space))).toBe(frame.length - space - 1);
  return readMessage(text.slice(space + 1));
};

describe('an event in CEF over syslog', () => {
  it.each(awkward)('gives a strict receiver the user %j', (userId) => {
    const event = sealedEventOf(7, { userId, correlationId: userId, details: { [userId]: userId } });
    const { extension, header, priority, timestamp, messageId } = read(syslogFrame(event));
    expect(extension).toEqual({
      rt: '1796032800123',
      suser: userId,
      act: 'sign',
      outcome: 'success',
      externalId: event.eventId,
      cs1: event.tenantId,
      cs1Label: 'tenant',
      cs2: event.keyId,
      cs2Label: 'key',
      cs3: 'EC-P256',
      cs3Label: 'algorithm',
      cs4: userId,
      cs4Label: 'correlationId',
      cs5: event.hash,
      cs5Label: 'hash',
      cs6: JSON.stringify(event.details),
      cs6Label: 'details',
      cn1: '7',
      cn1Label: 'seq',
    });
    expect(header).toEqual(['CEF:0', 'AnkaSecure', 'AnkaSecure', '1', 'sign', 'sign success', '3']);
    expect([priority, timestamp, messageId]).toEqual([109, '2026-11-30T10:00:00.123456Z', 'sign']);
  });

  it.each(awkward)('cannot get another header from the operation %j', (operation) => {
    const { header, extension } = read(
      syslogFrame(sealedEventOf(1, { operation, outcome: 'failure', failureCode: 'key-state' })),
    );
    expect(header[4]).toBe(operation.replaceAll(/[\r\n]+/g, ' '));
    expect([header[6], extension['act'], extension['reason'], extension['cn1']]).toEqual([
      '6',
      operation,
      'key-state',
      '1',
    ]);
  });

  it('has no control characters: each is written as its code', () => {
    for (const letter of controls) {
      const text = `a${letter}b`;
      const event = sealedEventOf(1, { userId: text, correlationId: text, operation: text, details: { [text]: text } });
      const frame = syslogFrame(event);
      expect(frame.toString()).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      const { extension, header } = read(frame);
      const written = `a\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}b`;
      expect([extension['suser'], extension['cs4'], extension['act'], header[4]]).toEqual(
        Array.from({ length: 4 }, () => written),
      );
      expect(extension['cn1']).toBe('1');
    }
  });

  it('leaves out what is absent, ends with a value, and stays below the limits', () => {
    const details = Object.fromEntries(Array.from({ length: 512 }, (_, index) => [`name-${index}`, 'x'.repeat(512)]));
    const text = cefOf(sealedEventOf(1, { keyId: null, algorithm: null, details }));
    expect(text).not.toMatch(/cs[23]/);
    expect(text).toMatch(/cn1Label=seq$/);
    expect(text.length).toBeLessThan(4_000);
    expect(text).toContain('too many for CEF');
  });
});

describe('the connector to a syslog receiver', () => {
  let authorities: Authorities;
  let emulator: SyslogEmulator;
  const opened: Connector[] = [];
  const own: ConnectorTls = { authority: 'ca', certificate: 'client', key: 'clientKey' };
  const never = new AbortController().signal;
  beforeAll(async () => {
    authorities = await makeAuthorities();
  });
  beforeEach(async () => {
    emulator = await new SyslogEmulator(authorities).listen();
  });
  afterEach(async () => {
    for (const connector of opened.splice(0)) connector.close();
    await emulator.stop();
  });
  const secret: ReadSecret = async (name) => {
    const { authority, client, stranger } = authorities;
    const files: Record<string, string> = {
      ca: authority.cert,
      client: client.cert,
      clientKey: client.key,
      stranger: stranger.cert,
      strangerKey: stranger.key,
    };
    return Buffer.from(files[name] ?? expect.unreachable());
  };
  const open = async (
    tls = own,
    over: Partial<{ port: number; host: string; admit: () => void; requestMs: number }> = {},
  ) => {
    const { port = emulator.port, host = '127.0.0.1', ...rest } = over;
    const settings = { kind: 'arcsight' as const, host, port, rewind: 3, tls };
    const connector = await openArcsight({ settings, secret, admit: () => undefined, now: () => 0, ...rest });
    opened.push(connector);
    return connector;
  };
  const { tenantId } = sealedEventOf(1);
  const prepare = (connector: Connector, after = 7, of = tenantId) =>
    connector.prepare?.(of, after, never) ?? expect.unreachable();
  const send = (connector: Connector, count = 2) => connector.send(encoded(connector, sealedEvents(count)), never);
  const outcomeOf = async (connector: Connector) => {
    const prepared = await prepare(connector);
    if (prepared !== 'ready' && 'outcome' in prepared) return prepared.outcome;
    return send(connector);
  };

  it('delivers events whole and in their order', async () => {
    const connector = await open();
    await prepare(connector);
    const events = awkward.map((userId, index) => sealedEventOf(index + 1, { userId }));
    expect(await connector.send(encoded(connector, events), never)).toEqual({ result: 'delivered' });
    await expect.poll(() => emulator.messages.map(({ extension }) => extension['suser'])).toEqual(awkward);
    expect(emulator.messages.map(({ extension }) => extension['externalId'])).toEqual(
      events.map(({ eventId }) => eventId),
    );
    expect(emulator.faults).toEqual([]);
  });

  it('has the last events sent again once on each connection, for each tenant', async () => {
    const connector = await open();
    const first = await prepare(connector);
    expect(first).toMatchObject({ repeat: 3 });
    expect(await prepare(connector)).toMatchObject({ repeat: 3 });
    if (first !== 'ready' && 'done' in first) first.done();
    expect(await prepare(connector)).toBe('ready');
    expect(await prepare(connector, 7, 'another')).toMatchObject({ repeat: 3 });
    await send(connector);
    await expect.poll(() => emulator.messages.length).toBe(2);
    emulator.drop();
    // Nothing is sent on a new connection before the last events are.
    await expect.poll(() => send(connector)).toMatchObject({ result: 'retry' });
    expect(await prepare(connector)).toMatchObject({ repeat: 3 });
    expect(await send(connector)).toEqual({ result: 'delivered' });
  });

  it('has the last events sent again after those that another connection has carried', async () => {
    const [one, other] = [await open(), await open()];
    const done = async (connector: Connector, after: number): Promise<number> => {
      const prepared = await prepare(connector, after);
      if (prepared === 'ready' || 'outcome' in prepared) return 0;
      prepared.done();
      return prepared.repeat;
    };
    const sendUpTo = async (connector: Connector, seq: number): Promise<void> => {
      const events = encoded(connector, [sealedEventOf(seq)]);
      expect(await connector.send(events, never)).toEqual({ result: 'delivered' });
    };
    expect(await done(one, 0)).toBe(3);
    await sendUpTo(one, 5);
    expect(await done(one, 5)).toBe(0);
    // Another process takes the lane for a while. Its connection may be lost with what it wrote last.
    expect(await done(other, 5)).toBe(3);
    await sendUpTo(other, 9);
    expect(await done(one, 9)).toBe(3);
    await sendUpTo(one, 12);
    expect([await done(one, 12), await done(other, 12)]).toEqual([0, 3]);
  });

  it('sends nothing to a receiver whose certificate another authority has issued', async () => {
    for (const verifies of ['0', undefined]) {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', verifies);
      expect(await outcomeOf(await open({ ...own, authority: 'stranger' }))).toMatchObject({ result: 'pause' });
    }
    vi.unstubAllEnvs();
    await expect.poll(() => emulator.connections.size).toBe(0);
  });

  it.each([
    ['none', { authority: 'ca' }, 'pause'],
    ['one of another authority', { authority: 'ca', certificate: 'stranger', key: 'strangerKey' }, 'retry'],
  ] as const)(
    'does not take a connection for a good one that refuses its client certificate: %s',
    async (_, tls, result) => {
      const connector = await open(tls);
      expect(await outcomeOf(connector)).toMatchObject({ result });
      expect(emulator.messages).toEqual([]);
    },
  );

  it('tries again when nobody listens, and when nobody reads', async () => {
    emulator.isReading = false;
    const connector = await open(own, { requestMs: 500 });
    await prepare(connector);
    const details = { text: 'x'.repeat(500) };
    const many = encoded(
      connector,
      Array.from({ length: 20_000 }, (_, index) => sealedEventOf(index + 1, { details })),
    );
    expect(await connector.send(many, never)).toMatchObject({ result: 'retry' });
    const { port } = emulator;
    await emulator.stop();
    expect(await outcomeOf(await open(own, { port }))).toMatchObject({ result: 'retry' });
    emulator = await new SyslogEmulator(authorities).listen();
  });

  it('connects to no address that it may not, by number or by name', async () => {
    const admit = (): void => {
      throw new Error('internal');
    };
    for (const host of ['127.0.0.1', 'localhost'])
      expect(await outcomeOf(await open(own, { host, admit }))).toEqual({ result: 'pause', reason: 'internal' });
    expect(emulator.connections.size).toBe(0);
  });
});
