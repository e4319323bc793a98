import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow, platformTenantId } from '@ankasecure/contracts';
import { BusClient, RecordHistory, RecordSets } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ExcludedSubject } from '../identity/excluded-subject.entity.js';
import { policy } from '../policy/policy.example.js';
import { call } from '../testing/call.js';
import { type Gateway, ownIssuer, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA, tenantB } from '../testing/token.js';
import type { Exclusion } from './exclusion.contract.js';

let rig: Rig;
let gateway: Gateway;
let admin: string;
beforeAll(async () => {
  rig = await startRig();
  gateway = await rig.gateway();
  admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
});
afterAll(() => rig.stop());
afterEach(() => rig.standIns.answer('getPolicy'));

const send = (method: string, path: string, body?: object, token = admin) =>
  call(gateway, method, `/api/v1/exclusions${path}`, { token, ...(body && { body: JSON.stringify(body) }) });
const exclude = async (subject: string, issuer = rig.issuer.issuer): Promise<Exclusion> => {
  const answer = await send('POST', '', { issuer, subject, reason: 'taken over' });
  expect(answer.status, answer.text).toBe(201);
  return JSON.parse(answer.text) as Exclusion;
};
const tokenOf = (sub: string, tenant = tenantA) => rig.issuer.token({ sub, ...asTenant(tenant, 'user') });
const read = (token: string, at = gateway) => call(at, 'GET', '/api/v1/keys', { token });

describe('a subject that is shut out', () => {
  it('is refused by every gateway before the answer, with any of its tokens, until it is readmitted', async () => {
    const gateways = [gateway, await rig.gateway()];
    const [known, fresh] = [await tokenOf('mallory'), await tokenOf('mallory')];
    for (const at of gateways) expect((await read(known, at)).status).toBe(200);
    const { id } = await exclude('mallory');
    for (const at of gateways)
      for (const token of [known, fresh]) {
        const answer = await read(token, at);
        expect([answer.status, answer.problem.code]).toEqual([401, 'authentication-required']);
      }
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
    for (const at of gateways) for (const token of [known, fresh]) expect((await read(token, at)).status).toBe(200);
    await gateways[1]?.stop();
  });

  it('is the subject of one issuer in one tenant', async () => {
    const { id } = await exclude('mallory');
    expect((await read(await tokenOf('mallory', tenantB))).status).toBe(200);
    expect((await read(await tokenOf('mallory2'))).status).toBe(200);
    const elsewhere = await rig.otherIssuer.token({ sub: 'mallory', ...asTenant(tenantA, 'user') });
    expect((await read(elsewhere)).status).toBe(200);
    const theirs = await rig.issuer.token(asTenant(tenantB, 'tenant-admin'));
    expect((await send('GET', '', undefined, theirs)).text).toBe('{"items":[],"next":null}');
    for (const method of ['GET', 'DELETE'])
      expect((await send(method, `/${id}`, undefined, theirs)).problem.code).toBe('exclusion-not-found');
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
  });

  it('has no running work when the answer is there', async () => {
    const token = await tokenOf('worker');
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    let isFirst = true;
    rig.standIns.answer('listKeys', async () => {
      const waits = isFirst;
      isFirst = false;
      if (waits) await gate;
      return { head: { ok: true }, body: Buffer.from('{"items":[],"next":null}') };
    });
    const count = rig.standIns.heard.get('listKeys')?.length ?? 0;
    const answer = read(token);
    await expect.poll(() => rig.standIns.heard.get('listKeys')?.length).toBe(count + 1);
    let isDone = false;
    const excluded = exclude('worker').finally(() => (isDone = true));
    await expect.poll(async () => (await read(await tokenOf('worker'))).status).toBe(401);
    await delay(300);
    expect(isDone).toBe(false);
    letGo();
    await excluded;
    expect((await answer).status).toBe(401);
    rig.standIns.answer('listKeys');
  });

  it('is somebody else than the caller', async () => {
    const answer = await send('POST', '', { issuer: rig.issuer.issuer, subject: 'admin' });
    expect([answer.status, answer.problem.code]).toEqual([400, 'request-invalid']);
    expect(answer.problem.detail).toContain('another administrator');
    expect((await read(admin)).status).toBe(200);
    const namesake = await exclude('admin', rig.otherIssuer.issuer);
    expect((await read(admin)).status).toBe(200);
    expect((await send('DELETE', `/${namesake.id}`)).status).toBe(200);
  });

  it('is shut out once, read, and on record', async () => {
    const first = await exclude('once');
    expect(await exclude('once')).toEqual(first);
    expect(JSON.parse((await send('GET', `/${first.id}`)).text)).toEqual(first);
    expect((await send('DELETE', `/${first.id}?dryRun=true`)).status).toBe(200);
    expect((await send('DELETE', `/${first.id}`)).status).toBe(200);
    expect((await send('GET', `/${first.id}`)).problem.code).toBe('exclusion-not-found');
    const sealed = () => rig.standIns.sealed.filter(({ details }) => details?.['exclusionId'] === first.id);
    await expect.poll(() => sealed().length).toBe(3);
    const details = { issuer: rig.issuer.issuer, subject: 'once', reason: 'taken over' };
    expect(sealed().filter(({ operation }) => !operation.startsWith('dry-run.'))).toMatchObject([
      { operation: 'subject.exclude', tenantId: tenantA, userId: 'admin', details },
      { operation: 'subject.readmit', tenantId: tenantA, userId: 'admin', details },
    ]);
  });

  it('can be an administrator of the platform', async () => {
    const root = await rig.issuer.token({ sub: 'root', ...asTenant(platformTenantId, 'platform-admin') });
    const keeper = await rig.issuer.token({ sub: 'keeper', ...asTenant(platformTenantId, 'tenant-admin') });
    const list = () => call(gateway, 'GET', '/api/v1/tenants', { token: root });
    expect((await list()).status).toBe(200);
    expect((await send('POST', '', { issuer: rig.issuer.issuer, subject: 'root' }, keeper)).status).toBe(201);
    expect((await list()).status).toBe(401);
  });

  it('is readmitted by two people if the policy requires two for anything', async () => {
    const { id } = await exclude('second');
    rig.standIns.answer('getPolicy', async () => ({
      head: { ok: true },
      body: Buffer.from(JSON.stringify({ ...policy, dualControl: ['destroy'] })),
    }));
    expect((await send('DELETE', `/${id}`)).status).toBe(202);
    expect((await read(await tokenOf('second'))).status).toBe(401);
    rig.standIns.answer('getPolicy', async () => {
      throw new AnkaError('service-unavailable');
    });
    expect((await send('DELETE', `/${id}`)).problem.code).toBe('service-unavailable');
  });

  it('can be a service account, which gets no token then', async () => {
    await exclude(crypto.randomUUID(), ownIssuer);
  });
});

describe('a name that an issuer cannot give', () => {
  const prefixed = { issuer: 'https://prefixed.test', subjectPrefix: 'corp:' };
  beforeAll(async () => {
    const { kid, ...key } = rig.issuer.publicJwk;
    const settings = { ...prefixed, audience: 'anka', algorithms: ['ES256'], keys: [{ ...key, kid }] };
    const made = await call(gateway, 'POST', '/api/v1/issuers', { token: admin, body: JSON.stringify(settings) });
    expect(made.status, made.text).toBe(201);
  });

  it.each<[string, string, string]>([
    ['of an issuer with a prefix', prefixed.issuer, 'mallory'],
    ['of an issuer with another prefix', prefixed.issuer, 'core:mallory'],
    ['of a service account', ownIssuer, `${tenantA}.${crypto.randomUUID()}`],
  ])('%s is refused with what to send', async (_, issuer, subject) => {
    for (const query of ['', '?dryRun=true']) {
      const answer = await send('POST', query, { issuer, subject });
      const refused = query === '' ? answer.problem : (JSON.parse(answer.text) as { error?: object }).error;
      expect(refused, answer.text).toMatchObject({
        code: 'request-invalid',
        detail: expect.stringMatching(/subjectPrefix corp:|is its id/) as string,
      });
    }
    expect((await send('GET', '')).text).not.toContain(`"${subject}"`);
  });

  it('is what its tokens say after the prefix', async () => {
    expect((await exclude('corp:mallory', prefixed.issuer)).subject).toBe('corp:mallory');
    expect((await exclude('anyone', 'https://nobody-knows.test')).subject).toBe('anyone');
  });
});

describe('a gateway without its database', () => {
  it('admits callers of a configured issuer by what it last knew, and no caller of whom it knows nothing', async () => {
    const cut = await rig.gateway();
    const { id } = await exclude('gone');
    const [kept, gone, stranger] = [await tokenOf('kept'), await tokenOf('gone'), await tokenOf('kept', tenantB)];
    expect((await read(kept, cut)).status).toBe(200);
    const { dataSource } = cut.parts;
    const away = Object.assign(new Error('connection terminated'), { code: '08006' });
    const cuts = [vi.spyOn(dataSource, 'transaction'), vi.spyOn(dataSource, 'query')];
    for (const spy of cuts) spy.mockRejectedValue(away);
    await delay(3200);
    const statuses = async () => [(await read(kept, cut)).status, (await read(gone, cut)).status];
    // The refusal cannot be put on record either, so it is not answered as one.
    expect(await statuses()).toEqual([200, 503]);
    expect((await read(stranger, cut)).status).toBe(503);
    for (const spy of cuts) spy.mockRestore();
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
    await expect.poll(statuses).toEqual([200, 200]);
    await cut.stop();
  });
});

describe('a gateway whose database answers all but the list of exclusions', () => {
  const failures = {
    'an error that an outage has too': Object.assign(new Error('canceling statement'), { code: '57014' }),
    'another error': Object.assign(new Error('division by zero'), { code: '22012' }),
  };

  it.each(Object.entries(failures))('admits nobody whose tenant has a later change on record: %s', async (_, error) => {
    const cut = await rig.gateway();
    const subject = `fired-${randomUUID()}`;
    const token = await tokenOf(subject);
    expect((await read(token, cut)).status).toBe(200);
    const sets = cut.app.get(RecordSets);
    const { load } = sets;
    const unread = vi.spyOn(sets, 'load').mockImplementation(async (entity, ...about) => {
      if (entity === ExcludedSubject) throw error;
      return load.call(sets, entity, ...about);
    });
    const { id } = await exclude(subject);
    const statuses = async () => (await read(token, cut)).status;
    // As after at most a minute, when the comparison with the trail finds that it has moved.
    await cut.app.get(RecordHistory).compareAgain(new Set([tenantA]));
    await expect.poll(statuses).not.toBe(200);
    expect(await statuses()).toBeGreaterThanOrEqual(500);
    unread.mockRestore();
    await expect.poll(statuses).toBe(401);
    expect((await send('DELETE', `/${id}`)).status).toBe(200);
    await cut.stop();
  });
});

describe('a gateway whose audit service hangs', () => {
  it('refuses callers of a tenant that it has not served with audit-unavailable, and admits who repairs that', async () => {
    const cut = await rig.gateway();
    const kept = await tokenOf('kept');
    const root = await rig.issuer.token({ sub: 'repairer', ...asTenant(platformTenantId, 'platform-admin') });
    expect((await read(kept, cut)).status).toBe(200);
    const bus = cut.app.get(BusClient);
    const { request } = bus;
    const hanging = vi.spyOn(bus, 'request').mockImplementation(async (contract, partition, context, body) => {
      if (contract.owner !== 'audit') return request.call(bus, contract, partition, context, body);
      await delay(context.deadline - monotonicNow());
      throw new AnkaError('deadline-exceeded');
    });
    const stranger = await tokenOf('kept', tenantB);
    const answer = await read(stranger, cut);
    expect([answer.status, answer.problem.code]).toEqual([503, 'audit-unavailable']);
    expect((await read(kept, cut)).status).toBe(200);
    expect((await call(cut, 'GET', '/api/v1/tenants', { token: root })).status).toBe(200);
    hanging.mockRestore();
    expect((await read(stranger, cut)).status).toBe(200);
    await cut.stop();
  });
});
