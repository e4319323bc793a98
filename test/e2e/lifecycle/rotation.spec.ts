import { randomUUID } from 'node:crypto';
import type { DecryptResult, EncryptResult, Key, KeyVersionResource, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

const rotate = (id: string, body: object = {}, headers = {}): Promise<Reply<Key>> =>
  tenant.admin.send<Key>('POST', `/keys/${id}/rotate`, { body, headers });
const rotated = async (id: string): Promise<Key> => {
  const reply = await rotate(id);
  expect(reply.status, reply.text).toBe(200);
  return reply.body;
};
const versionsOf = async (id: string): Promise<(readonly [number, string])[]> => {
  const { items } = await tenant.admin.get<{ items: KeyVersionResource[] }>(`/keys/${id}/versions`);
  return items.map(({ version, state }) => [version, state] as const);
};

describe('rotation', () => {
  it('creates a new version that protects data, and the old one still processes it', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const sign = (body: object = {}): Promise<SignResult> =>
      tenant.admin.post('/sign', { keyId: key.id, payload: 'AAAA', ...body });
    const before = await sign();
    const raw = await sign({ format: 'raw' });
    const reply = await rotate(key.id);
    expect(reply.body, reply.text).toMatchObject({ id: key.id, state: 'ACTIVE', version: 2, algs: key.algs });
    expect(reply.body.publicKey?.jwk).not.toEqual(key.publicKey?.jwk);
    expect(await versionsOf(key.id)).toEqual([
      [2, 'ACTIVE'],
      [1, 'DEACTIVATED'],
    ]);
    const [event] = await sealedEvents(tenant.admin, reply.correlationId);
    expect(event).toMatchObject({ operation: 'key.rotate', outcome: 'success', keyId: key.id });
    expect(event?.details).toMatchObject({ version: '2', replaces: '1', trigger: 'request' });

    // Reaches every worker, whichever version it has cached.
    for (let time = 0; time < 12; time++) expect((await sign()).version).toBe(2);
    const after = await sign();
    for (const jws of [before.jws, after.jws])
      for (let time = 0; time < 6; time++)
        expect((await tenant.admin.post<{ valid: boolean }>('/verify', { jws })).valid).toBe(true);
    const claim = { keyId: key.id, payload: 'AAAA', signature: raw.signature };
    expect(await tenant.admin.post('/verify', claim)).toMatchObject({ valid: true, version: 1 });
    expect(await tenant.admin.post('/verify', { ...claim, version: 2 })).toMatchObject({ valid: false, version: 2 });
    expect(await tenant.admin.post('/verify', { ...claim, version: 1 })).toMatchObject({ valid: true, version: 1 });
    expectProblem(
      await tenant.admin.send('POST', '/verify', { body: { jws: before.jws, version: 2 } }),
      'key-not-found',
    );
  });

  it('still decrypts with every version, with compromised ones only at the caller’s risk', async () => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256', alg: 'dir' });
    const jwes: string[] = [];
    for (const version of [1, 2, 3]) {
      const sealed = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: id, plaintext: 'AAAA' });
      expect(sealed.version).toBe(version);
      jwes.push(sealed.jwe);
      if (version < 3) await rotated(id);
    }
    for (const [index, jwe] of jwes.entries())
      expect(await tenant.admin.post<DecryptResult>('/decrypt', { jwe })).toMatchObject({
        plaintext: 'AAAA',
        version: index + 1,
      });
    await tenant.admin.post(`/keys/${id}/compromise`, { version: 1 });
    expectProblem(await tenant.admin.send('POST', '/decrypt', { body: { jwe: jwes[0] } }), 'key-state');
    expect(await tenant.admin.post('/decrypt', { jwe: jwes[0], acceptRisk: true })).toMatchObject({ version: 1 });
    expect(await tenant.admin.post('/decrypt', { jwe: jwes[1] })).toMatchObject({ version: 2 });
  });

  it('happens once for two callers that see the same version, and once per Idempotency-Key', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    const both = await Promise.all([1, 2].map(() => rotate(id, { expectedVersion: 1 })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const headers = { 'idempotency-key': randomUUID() };
    const [first, again] = [await rotate(id, {}, headers), await rotate(id, {}, headers)];
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect((await versionsOf(id)).map(([version]) => version)).toEqual([3, 2, 1]);
  });

  it('replaces a compromised version, and an old version cannot become active again', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    await tenant.admin.post(`/keys/${id}/compromise`, {});
    expect((await rotated(id)).version).toBe(2);
    await tenant.admin.post(`/keys/${id}/suspend`, {});
    expect((await rotated(id)).version).toBe(3);
    expect(await versionsOf(id)).toEqual([
      [3, 'ACTIVE'],
      [2, 'SUSPENDED'],
      [1, 'COMPROMISED'],
    ]);
    expectProblem(await tenant.admin.send('POST', `/keys/${id}/resume`, { body: { version: 2 } }), 'key-state');
  });

  it('is refused if a new key would be, and for a key that is being destroyed', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P384' });
    const { allowedAlgorithms } = await tenant.policy();
    await tenant.changePolicy({ allowedAlgorithms: ['EC-P256', 'AES-256'] });
    const refused = await rotate(id);
    expectProblem(refused, 'policy-refused');
    expect((await sealedEvents(tenant.admin, refused.correlationId))[0]).toMatchObject({
      operation: 'key.rotate',
      outcome: 'failure',
      failureCode: 'policy-refused',
    });
    await tenant.changePolicy({ allowedAlgorithms });
    await tenant.admin.post(`/keys/${id}/schedule-destroy`, {});
    expectProblem(await rotate(id), 'key-state');
    expect(await versionsOf(id)).toEqual([[1, 'DESTROY_SCHEDULED']]);
  });

  it('is refused before the key’s activation date, in every state', async () => {
    const activateAt = new Date(Date.now() + 3_600_000).toISOString();
    const brought = async (...verbs: readonly string[]): Promise<string> => {
      const { id } = await tenant.admin.post<Key>('/keys', { algorithm: 'EC-P256', label: 'x', activateAt });
      for (const verb of verbs) await tenant.admin.post(`/keys/${id}/${verb}`, {});
      return id;
    };
    for (const verbs of [[], ['schedule-destroy', 'cancel-destroy'], ['compromise']])
      expectProblem(await rotate(await brought(...verbs)), 'key-state');
    const id = await brought('activate', 'compromise');
    expect((await rotated(id)).version).toBe(2);
    expect(await versionsOf(id)).toEqual([
      [2, 'ACTIVE'],
      [1, 'COMPROMISED'],
    ]);
  });
});
