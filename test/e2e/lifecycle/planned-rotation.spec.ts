import type { DryRun, Key, KeyVersionResource, SignResult } from '@ankasecure/contracts';
import { compactVerify, createRemoteJWKSet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

let rig: Rig;
let tenant: Awaited<ReturnType<typeof newTenant>>;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
});

type Body = Readonly<Record<string, unknown>>;

const send = <Answer = Key>(id: string, verb: string, body: Body = {}, query = ''): Promise<Reply<Answer>> =>
  tenant.admin.send<Answer>('POST', `/keys/${id}/${verb}${query}`, { body });
const rotateIn = (id: string, activateIn: string): Promise<Key> =>
  tenant.admin.post<Key>(`/keys/${id}/rotate`, { activateIn });
const read = (id: string): Promise<Key> => tenant.admin.get<Key>(`/keys/${id}`);
const sign = (id: string): Promise<SignResult> => tenant.admin.post('/sign', { keyId: id, payload: 'AAAA' });
const statesOf = async (id: string): Promise<string[]> => {
  const { items } = await tenant.admin.get<{ items: KeyVersionResource[] }>(`/keys/${id}/versions`);
  return items.map(({ version, state }) => `${version} ${state}`);
};
const keySet = () => createRemoteJWKSet(new URL(`${rig.baseUrl}/api/v1/tenants/${tenant.slug}/.well-known/jwks.json`));
/** A relying party that has read the key set a moment ago, so that it does not read it again. */
const relyingParty = async (kid: string): Promise<ReturnType<typeof keySet>> => {
  const set = keySet();
  await set({ alg: 'ES256', kid }, { payload: '', signature: '' });
  return set;
};
const newKey = (body: Body = {}): Promise<Key> =>
  tenant.admin.post<Key>('/keys', { algorithm: 'EC-P256', label: 'planned', ...body });

describe('a rotation with activateIn', () => {
  it('publishes the new version, which signs from its date, so that a key set of before takes every signature', async () => {
    const { id } = await newKey();
    await tenant.admin.put('/aliases/planned', { keyId: id });
    const next = await rotateIn(id, 'PT10S');
    expect(next).toMatchObject({ version: 2, state: 'PRE_ACTIVE' });
    const set = await relyingParty(`${id}.2`);
    const signed = async (): Promise<SignResult> => {
      const result = await tenant.admin.post<SignResult>('/sign', { alias: 'planned', payload: 'AAAA' });
      expect((await compactVerify(result.jws ?? '', set)).protectedHeader.kid).toBe(`${id}.${result.version}`);
      return result;
    };
    const first = await signed();
    const before = await tenant.admin.send<Key>('GET', `/keys/${id}`);
    expect([first.version, before.body.version, before.body.deactivateAt]).toEqual([1, 1, next.activateAt]);
    await eventually('the new version signs', async () => (await signed()).version === 2);
    // Reaches every worker, whichever version it has cached.
    for (let time = 0; time < 12; time++) expect((await sign(id)).version).toBe(2);
    expect(await statesOf(id)).toEqual(['2 ACTIVE', '1 DEACTIVATED']);
    expect(await tenant.admin.post('/verify', { jws: first.jws })).toMatchObject({ valid: true, version: 1 });
    // The key has no new revision, and still its ETag is another one.
    const after = await tenant.admin.send<Key>('GET', `/keys/${id}`, {
      headers: { 'if-none-match': before.headers.get('etag') ?? '' },
    });
    expect([after.status, after.body.version, after.body.revision]).toEqual([200, 2, before.body.revision]);
  });

  it('leaves the current version in use until then', async () => {
    const { id } = await newKey({ algorithm: 'AES-256' });
    const reply = await send(id, 'rotate', { activateIn: 'P30D' });
    const { activateAt } = reply.body;
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event?.details).toMatchObject({ version: '2', replaces: '1', activateIn: 'P30D', activateAt });
    // A change of the key reaches both versions.
    await tenant.admin.put(`/keys/${id}/rotation-policy`, { maxUses: 1000 });
    for (let time = 0; time < 6; time++) {
      const { jwe, version } = await tenant.admin.post<{ jwe: string; version: number }>('/encrypt', {
        keyId: id,
        plaintext: 'AAAA',
      });
      expect([version, await tenant.admin.post('/decrypt', { jwe })]).toMatchObject([1, { plaintext: 'AAAA' }]);
    }
    const listed = await tenant.admin.get<{ items: Key[] }>('/keys?algorithm=AES-256');
    expect(listed.items).toMatchObject([{ id, version: 1, state: 'ACTIVE', deactivateAt: activateAt }]);
    expect(await statesOf(id)).toEqual(['2 PRE_ACTIVE', '1 ACTIVE']);
  });

  it('takes over early if the new version is activated', async () => {
    const { id } = await newKey();
    await rotateIn(id, 'P30D');
    const dryRun = await send<DryRun>(id, 'activate', { version: 2 }, '?dryRun=true');
    expect(dryRun.body.changes).toEqual([
      { version: 1, from: 'ACTIVE', to: 'DEACTIVATED' },
      { version: 2, from: 'PRE_ACTIVE', to: 'ACTIVE' },
    ]);
    expect((await sign(id)).version).toBe(1);
    expect((await send(id, 'activate', { version: 2 })).body).toMatchObject({ version: 2, state: 'ACTIVE' });
    for (let time = 0; time < 12; time++) expect((await sign(id)).version).toBe(2);
    expect(await statesOf(id)).toEqual(['2 ACTIVE', '1 DEACTIVATED']);
    expect((await read(id)).version).toBe(2);
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    const { id } = await newKey();
    const { body } = await send<DryRun>(id, 'rotate', { activateIn: 'PT5M' }, '?dryRun=true');
    expect(body).toMatchObject({ succeeds: true, version: 2, changes: [] });
    expect(await statesOf(id)).toEqual(['1 ACTIVE']);
  });

  it('is refused while another one waits, and not after that one is withdrawn', async () => {
    const { id } = await newKey();
    await rotateIn(id, 'P30D');
    for (const body of [{}, { activateIn: 'PT1S' }, { expectedVersion: 1 }])
      expectProblem(await send(id, 'rotate', body), 'key-state');
    await tenant.admin.post(`/keys/${id}/compromise`, { version: 2 });
    expect((await sign(id)).version).toBe(1);
    expect((await send(id, 'rotate')).body).toMatchObject({ version: 3, state: 'ACTIVE' });
    expect(await statesOf(id)).toEqual(['3 ACTIVE', '2 COMPROMISED', '1 DEACTIVATED']);
    expect((await sign(id)).version).toBe(3);
  });

  it('can be made again after its version was destroyed instead, before and after its date', async () => {
    const { id } = await newKey();
    await rotateIn(id, 'PT3S');
    await tenant.admin.post(`/keys/${id}/schedule-destroy`, { version: 2 });
    await eventually('the first version ends', async () => (await read(id)).state === 'DEACTIVATED');
    expect(await read(id)).toMatchObject({ version: 1 });
    expectProblem(await tenant.admin.send('POST', '/sign', { body: { keyId: id, payload: 'AAAA' } }), 'key-state');
    await rotateIn(id, 'P1D');
    await tenant.admin.post(`/keys/${id}/schedule-destroy`, { version: 3 });
    expect((await send(id, 'rotate')).body).toMatchObject({ version: 4, state: 'ACTIVE' });
    expect((await sign(id)).version).toBe(4);
    expect(await statesOf(id)).toEqual(['4 ACTIVE', '3 DESTROY_SCHEDULED', '2 DESTROY_SCHEDULED', '1 DEACTIVATED']);
  });

  it('is refused if the current version ends before', async () => {
    const deactivateAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await newKey({ deactivateAt });
    expectProblem(await send(id, 'rotate', { activateIn: 'PT2H' }), 'key-state');
    const { activateAt } = await rotateIn(id, 'PT30M');
    expect(await read(id)).toMatchObject({ version: 1, deactivateAt: activateAt });
  });

  it('ends a suspended version too, and is destroyed and restored with the key', async () => {
    const { id } = await newKey();
    await tenant.admin.post(`/keys/${id}/suspend`, {});
    const { activateAt } = await rotateIn(id, 'P1D');
    await tenant.admin.post(`/keys/${id}/resume`, {});
    expect(await read(id)).toMatchObject({ version: 1, state: 'ACTIVE', deactivateAt: activateAt });
    await tenant.admin.send('DELETE', `/keys/${id}`);
    expect(await statesOf(id)).toEqual(['2 DESTROY_SCHEDULED', '1 DESTROY_SCHEDULED']);
    await tenant.admin.post(`/keys/${id}/cancel-destroy`, {});
    await tenant.admin.post(`/keys/${id}/resume`, { version: 2 });
    await tenant.admin.post(`/keys/${id}/resume`, {});
    expect(await statesOf(id)).toEqual(['2 PRE_ACTIVE', '1 ACTIVE']);
    expect((await sign(id)).version).toBe(1);
  });

  it.each(['PT0S', '5 minutes', 'P1M', 300, null])('is refused for %j', async (activateIn) => {
    const { id } = await newKey();
    expectProblem(await send(id, 'rotate', { activateIn }), 'request-invalid');
  });
});
