import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { Key } from '@ankasecure/contracts';
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

const edit = ({ id, revision }: Key, body: object): Promise<Reply<Key>> =>
  tenant.admin.send<Key>('PATCH', `/keys/${id}`, { body, headers: { 'if-match': `"${revision}"` } });

describe('a key’s label, description and metadata', () => {
  it('can be changed in part, and the rest stays', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256', label: 'first' });
    expect(key).toMatchObject({ description: null, metadata: {}, purgeProtection: false });
    const first = await edit(key, { description: 'signs invoices', metadata: { owner: 'payments' } });
    expect(first.body, first.text).toMatchObject({
      label: 'first',
      description: 'signs invoices',
      metadata: { owner: 'payments' },
      revision: key.revision + 1,
    });
    expect(first.headers.get('etag')).toBe(`"${key.revision + 1}"`);
    const second = await edit(first.body, { label: 'second', description: null });
    expect(second.body).toMatchObject({ label: 'second', description: null, metadata: { owner: 'payments' } });
    expect(await tenant.admin.get(`/keys/${key.id}`)).toEqual(second.body);
    const [event] = await sealedEvents(tenant.admin, second.correlationId);
    expect(event).toMatchObject({ operation: 'key.edit', keyId: key.id, details: { fields: 'description label' } });
  });

  it('is changed only from its current revision', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    const blind = await tenant.admin.send('PATCH', `/keys/${key.id}`, { body: { label: 'x' } });
    expectProblem(blind, 'precondition-required');
    expect((await edit(key, { label: 'one' })).status).toBe(200);
    expectProblem(await edit(key, { label: 'another' }), 'precondition-failed');
  });

  it('has limits', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`name ${index}`, 'x']));
    for (const body of [{ metadata: many }, { metadata: { a: 1 } }, { label: '' }, { state: 'ACTIVE' }])
      expectProblem(await edit(key, body), 'request-invalid');
  });

  it('turns on purge protection, and never off', async () => {
    const key = await tenant.createKey({ algorithm: 'AES-256' });
    const { body: kept } = await edit(key, { purgeProtection: true });
    expect(kept.purgeProtection).toBe(true);
    expectProblem(await edit(kept, { purgeProtection: false }), 'request-invalid');
    const early = await tenant.admin.send('POST', `/keys/${key.id}/schedule-destroy`, { body: { waitingDays: 0 } });
    expectProblem(early, 'key-state');
  });
});

describe('purge protection', () => {
  it.each([1, 7, 29])('is refused while a destruction waits for %d days', async (waitingDays) => {
    const key = await tenant.createKey({ algorithm: 'AES-256' });
    const { body: waiting } = await tenant.admin.send<Key>('DELETE', `/keys/${key.id}?waitingDays=${waitingDays}`);
    const refused = await edit(waiting, { purgeProtection: true });
    expectProblem(refused, 'key-state');
    expect(refused.text).toContain('cancel-destroy');
    expect((await edit(waiting, { label: 'goes' })).status).toBe(200);
    const { body: kept } = await tenant.admin.send<Key>('POST', `/keys/${key.id}/cancel-destroy`, { body: {} });
    expect((await edit(kept, { purgeProtection: true })).body.purgeProtection).toBe(true);
  });

  it('is turned on while a destruction waits for the full period', async () => {
    const key = await tenant.createKey({ algorithm: 'AES-256' });
    const { body: waiting } = await tenant.admin.send<Key>('DELETE', `/keys/${key.id}?waitingDays=30`);
    expect((await edit(waiting, { purgeProtection: true })).body).toMatchObject({
      state: 'DESTROY_SCHEDULED',
      purgeProtection: true,
      destroyAt: waiting.destroyAt,
    });
  });
});

describe('a public key', () => {
  it('can be read for every version, as JWK and PEM', async () => {
    const key = await tenant.createKey({ algorithm: 'EC-P256' });
    const { publicKey } = await tenant.admin.post<Key>(`/keys/${key.id}/rotate`, {});
    expect(await tenant.admin.get(`/keys/${key.id}/public-key`)).toEqual({ keyId: key.id, version: 2, ...publicKey });
    const first = await tenant.admin.get<{ jwk: JsonWebKey; pem: string }>(`/keys/${key.id}/public-key?version=1`);
    expect(first).toEqual({ keyId: key.id, version: 1, ...key.publicKey });
    expect(createPublicKey(first.pem).equals(createPublicKey({ key: first.jwk, format: 'jwk' }))).toBe(true);
    expectProblem(await tenant.admin.send('GET', `/keys/${key.id}/public-key?version=3`), 'key-not-found');
  });

  it('does not exist for a secret key', async () => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    expectProblem(await tenant.admin.send('GET', `/keys/${id}/public-key`), 'purpose-mismatch');
  });
});
