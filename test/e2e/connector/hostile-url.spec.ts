import type { ConnectorResource, ConnectorTest } from '@ankasecure/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventually } from '../harness/wait.js';
import {
  type AttachedRig,
  allowedAddress,
  type Place,
  putSecrets,
  settingsOf,
  startAttachedRig,
} from './attached-rig.js';

const refusal = 'The address of the receiver is internal, and the platform’s configuration does not allow it.';

/** Names that a hostile tenant owns. The first answer is an address that is allowed, where it can be. */
const names = {
  'inner.test': [['127.0.0.1']],
  'mapped.test': [['::ffff:127.0.0.1']],
  'compatible.test': [['::7f00:1']],
  'linked.test': [['169.254.169.254']],
  'both.test': [[allowedAddress, '127.0.0.1']],
  'both-others-first.test': [['127.0.0.1', allowedAddress]],
} as const;

const places = Object.keys(settingsOf(allowedAddress, 1)) as Place[];
const changingName = (place: Place): string => `changing-${places.indexOf(place)}.test`;
/** A name for each place, whose address is one that is allowed when it is asked for first. */
const changing = Object.fromEntries(places.map((place) => [changingName(place), [[allowedAddress], ['127.0.0.1']]]));

/** Hosts that lead to the platform's own machines, as IPv4 addresses can be written. */
const hosts4 = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001', '127.0.0.2'],
  ...['0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '169.254.169.254', '2852039166'],
  ...['168.63.129.16', '192.0.0.192', '255.255.255.255', 'localhost'],
  ...['inner.test', 'mapped.test', 'compatible.test', 'linked.test', 'both.test', 'both-others-first.test'],
];
const hosts6 = [
  ...['::1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '::7f00:1', '::ffff:0:7f00:1', '64:ff9b::7f00:1'],
  ...['2002:7f00:1::1', 'fe80::1', 'fd00:ec2::254', 'fec0::1', '0:0:0:0:0:ffff:a9fe:a9fe'],
];

describe('a tenant whose connector names an address of the platform', () => {
  let attached: AttachedRig;
  let tenant: Tenant;
  let usual: AttachedRig['answer'];
  const made = new Map<Place, string>();
  beforeAll(async () => {
    attached = await startAttachedRig({ ...names, ...changing });
    usual = attached.answer;
    tenant = await newTenant(attached.rig);
    await putSecrets(attached, tenant.id);
    for (const [place, settings] of Object.entries(settingsOf(allowedAddress, attached.port))) {
      const body = { name: place, enabled: false, settings };
      made.set(place as Place, (await tenant.admin.post<ConnectorResource>('/audit/connectors', body)).id);
    }
  });
  afterAll(() => attached.stop());
  afterEach(() => {
    attached.answer = usual;
  });

  const change = async (place: Place, edits: object): Promise<string> => {
    const id = made.get(place) ?? expect.unreachable();
    const { status, text } = await tenant.admin.send('PATCH', `/audit/connectors/${id}`, {
      body: edits,
      headers: { 'if-match': '*' },
    });
    expect(status, text).toBe(200);
    return id;
  };
  const tried = async (place: Place, host: string, port = attached.port): Promise<ConnectorTest> => {
    const id = await change(place, { settings: settingsOf(host, port, `${allowedAddress}:${attached.port}`)[place] });
    return tenant.admin.post<ConnectorTest>(`/audit/connectors/${id}/test`, {});
  };

  it.each(places)('reaches the one that is allowed by %s', async (place) => {
    const before = attached.received.length;
    const { result } = await tried(place, allowedAddress);
    // The receiver speaks HTTP: what it makes of syslog does not count.
    if (place !== 'arcsight') expect([result, attached.received.length > before]).toEqual(['delivered', true]);
    expect(attached.touched()).toBe(0);
  });

  it.each(places)('reaches none by %s, however it is written', async (place) => {
    const written =
      place === 'arcsight' ? ['0:0:0:0:0:0:0:1', '0:0:0:0:0:ffff:7f00:1'] : hosts6.map((host) => `[${host}]`);
    for (const host of [...hosts4, ...written]) {
      // A name or a form that the machine does not resolve is refused by nobody, and reached by nobody.
      const { result, reason } = await tried(place, host);
      expect([host, result, reason]).toEqual([host, 'pause', refusal]);
    }
    expect(attached.touched()).toBe(0);
  });

  it.each(places)('learns by %s nothing of what listens there', async (place) => {
    const { result, reason } = await tried(place, '127.0.0.1');
    // Nobody listens on port 1.
    expect(await tried(place, '127.0.0.1', 1)).toMatchObject({ result, reason });
    expect(attached.touched()).toBe(0);
  });

  it.each(places)('is not led there by %s when its name has another address later', async (place) => {
    // What was looked at is what is connected to: the second answer is used by nobody for the first connection.
    const before = attached.received.length;
    const first = await tried(place, changingName(place));
    if (place !== 'arcsight') expect([first.result, attached.received.length > before]).toEqual(['delivered', true]);
    for (let round = 0; round < 3; round++)
      expect(await tried(place, changingName(place))).toMatchObject({ result: 'pause', reason: refusal });
    expect(attached.touched()).toBe(0);
  });

  it.each(places.filter((place) => place !== 'arcsight'))('is not led there by a redirect of %s', async (place) => {
    usual = attached.answer;
    for (const status of [301, 302, 303, 307, 308])
      for (const location of [
        `https://127.0.0.1:${attached.port}/`,
        `http://169.254.169.254/latest/meta-data/`,
        '//2130706433/',
      ]) {
        attached.answer = () => ({ status, headers: { location } });
        expect(await tried(place, allowedAddress)).toMatchObject({ result: 'pause' });
      }
    expect(attached.touched()).toBe(0);
  });

  it.each(places)('has nothing delivered there by %s', async (place) => {
    const id = await change(place, { settings: settingsOf('127.0.0.1', attached.port)[place], enabled: true });
    const { status } = await eventually('a pause', async () => {
      const found = await tenant.admin.get<ConnectorResource>(`/audit/connectors/${id}`);
      return found.status.paused && found;
    });
    expect(status).toMatchObject({ seq: 0, lastError: refusal });
    await change(place, { enabled: false });
    expect(attached.touched()).toBe(0);
  });

  it.each([
    'http://203.0.113.9/',
    'ftp://203.0.113.9/',
    'file:///etc/passwd',
    'https://user:password@203.0.113.9/',
    'https:///',
    'gopher://127.0.0.1:6379/_x',
    'https://203.0.113.9/#x',
  ])('may not name %s at all', async (url) => {
    for (const place of places.filter((one) => one !== 'arcsight')) {
      const settings = { ...settingsOf(allowedAddress, 1)[place], url };
      const { status } = await tenant.admin.send('POST', '/audit/connectors', { body: { name: 'x', settings } });
      expect(status).toBe(400);
    }
  });

  it('names no secret of another tenant, and no file elsewhere', async () => {
    const other = await newTenant(attached.rig);
    const create = (token: string) =>
      other.admin.send<ConnectorResource>('POST', '/audit/connectors', {
        body: {
          name: token,
          enabled: false,
          settings: { ...settingsOf(allowedAddress, attached.port).splunk, tls: {}, token },
        },
      });
    for (const token of ['../token', `../${tenant.id}/token`, '/etc/passwd', '..', '.', 'a/b', 'a\0', ''])
      expect((await create(token)).status).toBe(400);
    const { body } = await create('token');
    expect(await other.admin.post<ConnectorTest>(`/audit/connectors/${body.id}/test`, {})).toMatchObject({
      result: 'pause',
      reason: `The secret token of the tenant ${other.id} cannot be read: ENOENT`,
    });
  });
});
