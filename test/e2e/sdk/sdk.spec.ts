import { AnkaSecure, type AnkaSecureError, HsmSignJWT, type Schemas, verifyKey } from '@ankasecure/sdk';
import { jwtVerify } from 'jose';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { Rig } from '../harness/rig.js';
import { sdkOf } from '../harness/sdk.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

const roles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const;

describe('the SDK', () => {
  let rig: Rig;
  let tenant: Tenant & { readonly slug: string };
  let anka: AnkaSecure;
  beforeAll(async () => {
    rig = await sharedRig();
    tenant = await newTenant(rig);
    anka = (await sdkOf(rig, tenant, roles)).anka;
  });

  /** A client that counts its requests, by path. */
  const counting = async (batch = true): Promise<{ anka: AnkaSecure; requests: Map<string, number> }> => {
    const requests = new Map<string, number>();
    const counted = await sdkOf(rig, tenant, roles, {
      batch,
      fetch: (url, init) => {
        const path = new URL(url).pathname.replace('/api/v1', '');
        requests.set(path, (requests.get(path) ?? 0) + 1);
        return fetch(url, init);
      },
    });
    return { anka: counted.anka, requests };
  };
  const signingKey = () => anka.call('createKey', { body: { algorithm: 'EC-P256', label: 'sdk', purpose: 'sign' } });

  it('creates a key, and encrypts and decrypts with it', async () => {
    const key = await anka.call('createKey', { body: { algorithm: 'AES-256', label: 'box', custody: 'wrapped' } });
    expectTypeOf(key).toEqualTypeOf<Schemas['Key']>();
    const { jwe } = await anka.encrypt({ keyId: key.id, plaintext: 'hello', encoding: 'utf8' });
    expect(await anka.decrypt({ jwe, encoding: 'utf8' })).toMatchObject({ plaintext: 'hello', keyId: key.id });
    const { revision, body } = await anka.answer('getKey', { path: { id: key.id } });
    expect(body.id).toBe(key.id);
    const edited = await anka.call('editKey', {
      path: { id: key.id },
      body: { label: 'chest' },
      ifMatch: revision ?? 0,
    });
    expect(edited.label).toBe('chest');
  });

  it('tries what it must not do yet', async () => {
    const tried = await anka.dryRun('createKey', { body: { algorithm: 'EC-P256', label: 'not made' } });
    expect(tried).toMatchObject({ dryRun: true, succeeds: true });
    for await (const { label } of anka.list('listKeys')) expect(label).not.toBe('not made');
  });

  it('reads a list to its end, page by page', async () => {
    const made = await Promise.all([signingKey(), signingKey(), signingKey()]);
    const found: string[] = [];
    for await (const key of anka.list('listKeys', { query: { limit: 1, label: 'sdk' } })) found.push(key.id);
    expect(found).toEqual(expect.arrayContaining(made.map(({ id }) => id)));
  });

  it('gets one token for all concurrent calls', async () => {
    const { anka: fresh, requests } = await counting();
    await Promise.all(Array.from({ length: 20 }, () => fresh.call('getPolicy')));
    expect([requests.get('/oauth/token'), requests.get('/policy')]).toEqual([1, 20]);
  });

  it('gathers concurrent signatures into few requests, each valid and each on record', async () => {
    const key = await signingKey();
    const { anka: together, requests } = await counting();
    const { anka: apart, requests: single } = await counting(false);
    const payloads = Array.from({ length: 64 }, (_, place) => `invoice ${place}`);
    const signWith = (client: AnkaSecure) =>
      Promise.all(payloads.map((payload) => client.sign({ keyId: key.id, payload, encoding: 'utf8' })));
    const signed = await signWith(together);
    expect(requests.get('/sign')).toBeLessThanOrEqual(2);
    await signWith(apart);
    expect(single.get('/sign')).toBe(64);
    const verified = await Promise.all(signed.map(({ jws = '' }) => anka.local.verify({ jws })));
    expect(verified.every(({ valid, by }) => valid && by === 'client')).toBe(true);
    expect(signed.map(({ jws = '' }) => Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString())).toEqual(
      payloads,
    );
  });

  it('gives each caller of a shared request the error that is its own', async () => {
    const key = await signingKey();
    const payload = 'x';
    const unknown = '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10';
    const results = await Promise.allSettled([
      anka.sign({ keyId: key.id, payload, encoding: 'utf8' }),
      anka.sign({ keyId: unknown, payload, encoding: 'utf8' }),
      anka.sign({ keyId: key.id, payload: 'not base64url!' }),
    ]);
    const codes = results.map((result) =>
      result.status === 'fulfilled' ? 'signed' : (result.reason as AnkaSecureError).code,
    );
    expect(codes).toEqual(['signed', 'key-not-found', 'request-invalid']);
  });

  it('names the rules of the policy that refuse a call', async () => {
    const strict = await newTenant(rig);
    await strict.changePolicy({ allowedAlgorithms: ['AES-256'] });
    const { anka: limited } = await sdkOf(rig, strict, roles);
    const error = await limited
      .call('createKey', { body: { algorithm: 'EC-P256', label: 'x' } })
      .catch((thrown: unknown) => thrown as AnkaSecureError);
    expect(error).toMatchObject({ name: 'PolicyError', code: 'policy-refused', status: 403, retryable: false });
    expect(error).toHaveProperty('reasons', [expect.objectContaining({ rule: 'allowedAlgorithms' })]);
    expect((error as AnkaSecureError).correlationId).toMatch(/./);
  });

  it('does once what it is asked twice with one Idempotency-Key', async () => {
    const call = { body: { algorithm: 'EC-P256', label: 'once' }, idempotencyKey: crypto.randomUUID() } as const;
    const [first, second] = [await anka.call('createKey', call), await anka.call('createKey', call)];
    expect(second.id).toBe(first.id);
  });

  it('signs JWTs that jose verifies with the tenant’s keys, before and after a rotation', async () => {
    const key = await signingKey();
    const getKey = verifyKey(anka, tenant.slug);
    const issue = () =>
      new HsmSignJWT({ scope: 'pay' }).setSubject('alice').setExpirationTime('5m').sign(anka, { keyId: key.id });
    const before = await issue();
    expect((await jwtVerify(before, getKey)).payload).toMatchObject({ sub: 'alice', scope: 'pay' });
    await anka.call('rotateKey', { path: { id: key.id } });
    const after = await issue();
    expect((await jwtVerify(after, getKey)).protectedHeader.kid).toBe(`${key.id}.2`);
    expect((await jwtVerify(before, getKey)).protectedHeader.kid).toBe(`${key.id}.1`);
  });

  it('says which credential is refused', async () => {
    const stranger = new AnkaSecure({ baseUrl: rig.baseUrl, auth: 'not-a-token' });
    await expect(stranger.call('getPolicy')).rejects.toMatchObject({ code: 'authentication-required', status: 401 });
    const { anka: removed, id } = await sdkOf(rig, tenant, ['auditor']);
    await anka.call('deleteServiceAccount', { path: { id } });
    await expect(removed.call('getPolicy')).rejects.toMatchObject({ code: 'credential-refused', status: 401 });
  });
});
