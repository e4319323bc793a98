import type { DecryptResult, DryRun, EncryptResult, Kek, Key, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { tokenObjects } from '../../fault/token-object.js';
import { expectProblem } from '../harness/problem.js';
import { reseal } from '../harness/reseal.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, platformClient, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

let rig: Rig;
let tenant: Tenant;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
});

const read = (): Promise<Kek> => tenant.admin.get<Kek>(`/tenants/${tenant.id}/kek`);
const finished = (): Promise<Kek> =>
  eventually('the end of the rotation', async () => {
    const kek = await read();
    return kek.state === 'idle' && kek;
  });
const keks = async (): Promise<number> =>
  (await tokenObjects(rig.hsm)).filter(({ label }) => label === `ankasecure:kek:tenant:${tenant.id}`).length;

describe('the rotation of a KEK', () => {
  it('rewraps every key inside the HSM while keys are in use, and retires the old KEK', async () => {
    const make = (body: object) => tenant.admin.post<Key>('/keys', { label: 'k', custody: 'wrapped', ...body });
    const signers = await Promise.all(Array.from({ length: 8 }, () => make({ algorithm: 'EC-P256' })));
    const { id: boxId } = await make({ algorithm: 'AES-256', alg: 'dir' });
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: boxId, plaintext: 'AAAA' });
    expect(await read()).toMatchObject({ generation: 1, state: 'idle', total: 0, startedAt: null });

    const tried = await tenant.admin.send<DryRun>('POST', `/tenants/${tenant.id}/kek/rotate?dryRun=true`, { body: {} });
    expect(tried.body).toEqual({ dryRun: true, operation: 'kek.rotate', succeeds: true });
    expect((await sealedEvents(tenant.admin, tried.correlationId))[0]).toMatchObject({
      operation: 'dry-run.kek.rotate',
      outcome: 'success',
    });
    expect(await read()).toMatchObject({ generation: 1, startedAt: null });

    const rotation = { over: false };
    const using = (async () => {
      for (let count = 0; !rotation.over || count < 20; count++)
        await tenant.admin.post<SignResult>('/sign', { keyId: signers[count % signers.length]?.id, payload: 'AAAA' });
    })();
    const begun = await tenant.admin.post<Kek>(`/tenants/${tenant.id}/kek/rotate`, {});
    expect(begun).toMatchObject({ generation: 2, total: 9 });
    const during = await make({ algorithm: 'EC-P256' });
    const over = await finished();
    expect(over).toMatchObject({ generation: 2, total: 9, done: 9, retired: [{ generation: 1 }] });
    rotation.over = true;
    await using;

    const opened = await tenant.admin.post<DecryptResult>('/decrypt', { jwe });
    expect(opened.plaintext).toBe('AAAA');
    for (const { id } of [...signers, during]) await tenant.admin.post('/sign', { keyId: id, payload: 'AAAA' });
    // Backups of the database need the old KEK for 35 days.
    expect(await keks()).toBe(2);
    const [retired] = over.retired;
    expect(Date.parse(retired?.destroyAt ?? '') - Date.parse(retired?.retiredAt ?? '')).toBe(35 * 86_400_000);
    const generations = await rig.query(
      'ankadb_keys',
      'SELECT DISTINCT kek_generation FROM key_version WHERE tenant_id = $1',
      [tenant.id],
    );
    expect(generations).toEqual([{ kek_generation: 2 }]);
    const events = await eventually('the sealed end', async () => {
      const ends = await eventsOf(tenant.admin, { operation: 'kek.retire' });
      return ends.length > 0 && ends;
    });
    expect(events[0]?.details).toMatchObject({ generation: '1', replacedBy: '2', rewrapped: '9' });
    expect(await eventsOf(tenant.admin, { operation: 'kek.rotate' })).toHaveLength(1);
  });

  it('reports a key that cannot be rewrapped, once in the trail, and completes when that key is destroyed', async () => {
    const { id, admin } = await newTenant(rig);
    const keys = await Promise.all(
      [1, 2, 3].map(() => admin.post<Key>('/keys', { label: 'k', custody: 'wrapped', algorithm: 'AES-256' })),
    );
    const keyId = keys[1]?.id as string;
    const corrupt = `UPDATE key_version SET wrapped_mac = sha256(wrapped_mac) WHERE key_id = $1`;
    await rig.query('ankadb_keys', corrupt, [keyId]);
    await reseal(rig, 'key_version', `key_id = '${keyId}'`);
    await admin.post<Kek>(`/tenants/${id}/kek/rotate`, {});
    const rotation = (): Promise<Kek> => admin.get<Kek>(`/tenants/${id}/kek`);
    const held = await eventually('the failure', async () => {
      const kek = await rotation();
      return kek.failed > 0 && kek.done === 2 && kek;
    });
    expect(held).toMatchObject({
      state: 'rotating',
      total: 3,
      failed: 1,
      failures: [{ keyId, version: 1, code: 'key-blob-refused' }],
    });
    await admin.post(`/keys/${keyId}/schedule-destroy`, { waitingDays: 0 });
    const over = await eventually('the end', async () => {
      const kek = await rotation();
      return kek.state === 'idle' && kek;
    });
    expect(over).toMatchObject({ done: 3, failed: 0, failures: [] });
    await eventually('its sealed end', async () => (await eventsOf(admin, { operation: 'kek.retire' })).length > 0);
    // A backup still has the destroyed key's blob, under a KEK that is in use.
    const gone = await admin.get<Key>(`/keys/${keyId}`);
    expect(gone).toMatchObject({ state: 'DESTROYED', recovery: { possible: true, until: null } });
    expect(await eventsOf(admin, { operation: 'kek.rewrap' })).toMatchObject([
      {
        keyId,
        outcome: 'failure',
        failureCode: 'key-blob-refused',
        userId: 'crypto-worker',
        details: { version: '1', generation: '1', replacedBy: '2', startedBy: 'administrator' },
      },
    ]);
  });

  it('is allowed for administrators of the tenant and the platform, and for no other tenant’s', async () => {
    const other = await newTenant(rig);
    for (const [method, path] of [
      ['POST', 'kek/rotate'],
      ['GET', 'kek'],
    ] as const) {
      const body = method === 'POST' ? { body: {} } : {};
      expectProblem(await other.admin.send(method, `/tenants/${tenant.id}/${path}`, body), 'tenant-mismatch');
      const user = await tenant.as(['user']);
      expectProblem(await user.send(method, `/tenants/${tenant.id}/${path}`, body), 'access-denied');
    }
    const platform = await platformClient(rig);
    const before = (await platform.get<Kek>(`/tenants/${other.id}/kek`)).generation;
    const rotated = await platform.post<Kek>(`/tenants/${other.id}/kek/rotate`, {});
    expect(await platform.get<Kek>(`/tenants/${other.id.toUpperCase()}/kek`)).toMatchObject({ tenantId: other.id });
    expect(rotated).toMatchObject({ tenantId: other.id, generation: before + 1, total: 0 });
    for (const nobody of ['00000000-0000-4000-8000-000000000000', 'demo', '%00'])
      for (const [method, path, body] of [
        ['GET', 'kek'],
        ['POST', 'kek/rotate', {}],
      ] as const)
        expectProblem(await platform.send(method, `/tenants/${nobody}/${path}`, body), 'tenant-mismatch');
    const [event] = await eventually('its event', async () => {
      const all = await eventsOf(other.admin, { operation: 'kek.rotate' });
      return all.length > 0 && all;
    });
    expect(event).toMatchObject({ userId: 'platform-administrator' });
  });
});
