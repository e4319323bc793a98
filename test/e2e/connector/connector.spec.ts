import { createHmac } from 'node:crypto';
import { type ConnectorResource, type ConnectorTest, platformTenantId, type SealedEvent } from '@ankasecure/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { newTenant, platformClient, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';
import {
  type AttachedRig,
  allowedAddress,
  type Place,
  putSecrets,
  type Received,
  settingsOf,
  startAttachedRig,
} from './attached-rig.js';

const secret = 'a-token-that-nobody-may-see';
const connectors = '/audit/connectors';

describe('connectors', () => {
  let attached: AttachedRig;
  let tenant: Tenant;
  let usual: AttachedRig['answer'];
  beforeAll(async () => {
    attached = await startAttachedRig();
    usual = attached.answer;
    tenant = await newTenant(attached.rig);
    await putSecrets(attached, tenant.id);
  });
  afterAll(() => attached.stop());
  afterEach(() => {
    attached.answer = usual;
    attached.received.splice(0);
  });

  const places = (Object.keys(settingsOf(allowedAddress, 1)) as Place[]).filter((place) => place !== 'arcsight');
  const settings = (place: Place) => settingsOf(allowedAddress, attached.port)[place];
  const create = (place: Place, over: object = {}, of = tenant) =>
    of.admin.post<ConnectorResource>(connectors, { name: place, settings: settings(place), ...over });
  const get = (id: string) => tenant.admin.get<ConnectorResource>(`${connectors}/${id}`);
  const remove = (id: string) => tenant.admin.send('DELETE', `${connectors}/${id}`);
  const hooked = (): Received[] => attached.received.filter(({ path }) => path === '/hook');
  const eventIn = ({ body }: Received): SealedEvent => (JSON.parse(body) as { data: SealedEvent }).data;

  it('deliver every event of the trail in its order, and say how far they are', async () => {
    await tenant.createKey({ algorithm: 'EC-P256' });
    const { id, enabled, status } = await create('webhook');
    expect([enabled, status.seq]).toEqual([true, 0]);
    await eventually('the last event of the trail', async () => {
      const [last] = await eventsOf(tenant.admin, {});
      return hooked().some((one) => eventIn(one).eventId === last?.eventId);
    });
    const seqs = hooked().map((one) => eventIn(one).seq);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1));
    for (const { headers, body } of hooked()) {
      const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
      const mac = createHmac('sha256', Buffer.alloc(24, 7)).update(signed).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${mac}`);
    }
    const found = await eventually('no lag', async () => {
      const one = await get(id);
      return one.status.lag === 0 && one;
    });
    expect(found.status).toMatchObject({ paused: false, lastError: null, retryAt: null, deadLetters: 0 });
    expect((await remove(id)).status).toBe(200);
    expectProblem(await tenant.admin.send('GET', `${connectors}/${id}`), 'connector-not-found');
  });

  it.each(places)('of %s are tested by an event that says so', async (place) => {
    const { id } = await create(place, { enabled: false });
    const test = await tenant.admin.post<ConnectorTest>(`${connectors}/${id}/test`, {});
    expect(test).toMatchObject({ id, result: 'delivered', reason: null });
    expect(test.tookMs).toBeLessThan(30_000);
    const events = await eventsOf(tenant.admin, { operation: 'connector.test' });
    const { eventId, seq } = test;
    expect(events).toContainEqual(
      expect.objectContaining({ eventId, seq, details: expect.objectContaining({ connectorId: id }) as object }),
    );
    await remove(id);
  });

  it.each(places)('of %s show no secret, whatever the receiver answers', async (place) => {
    attached.answer = ({ headers, body }) => ({ status: 403, body: `no! ${JSON.stringify(headers)} ${body}` });
    const { id } = await create(place);
    const test = await tenant.admin.send<ConnectorTest>('POST', `${connectors}/${id}/test`, { body: {} });
    expect(test.body).toMatchObject({ result: 'pause', reason: expect.stringContaining('HTTP 403') as string });
    const paused = await eventually('a pause', async () => {
      const found = await tenant.admin.send<ConnectorResource>('GET', `${connectors}/${id}`);
      return found.body.status.paused && found;
    });
    const stored = ['connector', 'connector_cursor', 'dead_letter'].map((table) =>
      attached.rig.query('ankadb_audit', `SELECT row_to_json(t)::text FROM ${table} t`),
    );
    const events = await tenant.admin.send('GET', '/audit/events?limit=200');
    const told = [test.text, paused.text, events.text, JSON.stringify(await Promise.all(stored))].join();
    expect(told).not.toContain(secret);
    expect(told).not.toContain('of-entra');
    await remove(id);
  });

  it('go on where they were when what held them up is put right', async () => {
    attached.answer = () => ({ status: 401 });
    const { id } = await create('webhook');
    await eventually('a pause', async () => (await get(id)).status.paused);
    attached.answer = usual;
    attached.received.splice(0);
    await tenant.admin.post(`${connectors}/${id}/resume`, {});
    await eventually('all events', async () => (await get(id)).status.lag === 0);
    expect(eventIn(hooked()[0] ?? expect.unreachable()).seq).toBe(1);
    await remove(id);
  });

  it('deliver again what they have delivered, and say so', async () => {
    const { id } = await create('webhook');
    await eventually('all events', async () => (await get(id)).status.lag === 0);
    const before = await eventually('the last event', () => hooked().at(-1));
    const untilSeq = eventIn(before).seq;
    attached.received.splice(0);
    const range = { fromSeq: 3, untilSeq };
    expect(await tenant.admin.post(`${connectors}/${id}/replay`, { fromSeq: 3 })).toEqual({
      id,
      tenantId: tenant.id,
      ...range,
    });
    await eventually('the event of the replay', () =>
      hooked().some((one) => eventIn(one).operation === 'connector.replay'),
    );
    const seen = hooked().map((one) => eventIn(one) as SealedEvent & { repeat?: true });
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, at) => 3 + at));
    expect(seen.filter(({ repeat }) => repeat === true).at(-1)?.seq).toBe(untilSeq);
    await remove(id);
  });

  it('are for administrators, and of the platform for its own', async () => {
    const { id } = await create('webhook', { enabled: false });
    const calls = [
      ['POST', connectors, { name: 'x', settings: settings('webhook') }],
      ['PATCH', `${connectors}/${id}`, { enabled: true }],
      ['DELETE', `${connectors}/${id}`, undefined],
      ['POST', `${connectors}/${id}/resume`, {}],
      ['POST', `${connectors}/${id}/test`, {}],
      ['POST', `${connectors}/${id}/replay`, { fromSeq: 1 }],
    ] as const;
    for (const role of ['user', 'application-admin', 'auditor'] as const)
      for (const [method, path, body] of calls)
        expectProblem(
          await (await tenant.as([role])).send(method, path, { body, headers: { 'if-match': '*' } }),
          'access-denied',
        );
    expect((await (await tenant.as(['auditor'])).send('GET', `${connectors}/${id}`)).status).toBe(200);
    expectProblem(await (await tenant.as(['user'])).send('GET', connectors), 'access-denied');
    await remove(id);
  });

  it('of the platform deliver the events of every tenant', async () => {
    const platform = await platformClient(attached.rig);
    await putSecrets(attached, platformTenantId);
    const body = { name: 'SOC', settings: settings('webhook') };
    const { id, status } = await platform.post<ConnectorResource>(connectors, body);
    expect(status.seq).toBeNull();
    const other = await newTenant(attached.rig);
    await other.createKey({ algorithm: 'EC-P256' });
    await eventually('events of two tenants', () => {
      const tenants = new Set(hooked().map((one) => eventIn(one).tenantId));
      return tenants.has(other.id) && tenants.has(tenant.id);
    });
    await platform.send('DELETE', `${connectors}/${id}`);
  });
});
