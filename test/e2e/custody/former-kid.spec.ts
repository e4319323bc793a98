import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { DecryptResult, Key, VerifyResult, WrappingKey } from '@ankasecure/contracts';
import { CompactEncrypt, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { wrapFor } from '../harness/known-key.js';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

const kids = ['2011-04-29', 'https://login.example.com/keys/7', '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1'] as const;

describe('a key that had other kids before its import', () => {
  let tenant: Tenant;
  let other: Tenant;
  let pem: string;
  const opening = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  beforeAll(async () => {
    const rig = await sharedRig();
    [tenant, other] = [await newTenant(rig), await newTenant(rig)];
    pem = (await tenant.admin.get<WrappingKey>('/wrapping-key')).publicKey.pem;
  });

  const bring = (secret: KeyObject, body: object, query = '') =>
    tenant.admin.send<Key>('POST', `/keys/import${query}`, {
      body: {
        label: 'theirs',
        method: 'rsa-aes-kwp',
        wrappedKey: wrapFor(pem, secret.export({ format: 'der', type: 'pkcs8' })),
        ...body,
      },
    });
  const brought = async (...request: Parameters<typeof bring>): Promise<Key> => {
    const reply = await bring(...request);
    expect(reply.status, reply.text).toBe(201);
    return reply.body;
  };
  const sealed = (kid: string): Promise<string> =>
    new CompactEncrypt(Buffer.from('from before'))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid })
      .encrypt(opening.publicKey);
  const signed = (kid: string): Promise<string> =>
    new SignJWT({ sub: 'a' }).setProtectedHeader({ alg: 'ES256', kid }).sign(signing.privateKey);

  it('is found by each of them, and by its version also after rotations', async () => {
    const key = await brought(opening.privateKey, { algorithm: 'RSA-2048', purpose: 'encrypt', formerKids: kids });
    expect(key.formerKids).toEqual(kids.toSorted());
    expect(await tenant.admin.get<Key>(`/keys/${key.id}`)).toEqual(key);
    const open = async (kid: string) =>
      tenant.admin.post<DecryptResult>('/decrypt', { jwe: await sealed(kid), encoding: 'utf8' });
    for (const kid of kids) expect(await open(kid)).toMatchObject({ plaintext: 'from before', keyId: key.id });
    await tenant.admin.post(`/keys/${key.id}/rotate`, {});
    for (const kid of kids) expect(await open(kid)).toMatchObject({ plaintext: 'from before', version: 1 });
    await tenant.admin.post(`/keys/${key.id}/compromise`, { version: 1 });
    expectProblem(await tenant.admin.send('POST', '/decrypt', { body: { jwe: await sealed(kids[0]) } }), 'key-state');
  });

  it('verifies what it signed there', async () => {
    const key = await brought(signing.privateKey, { algorithm: 'EC-P256', purpose: 'sign', formerKids: ['signs-7'] });
    const jws = await signed('signs-7');
    expect(await tenant.admin.post<VerifyResult>('/verify', { jws })).toMatchObject({ valid: true, keyId: key.id });
    expectProblem(await other.admin.send('POST', '/verify', { body: { jws } }), 'key-not-found');
    expectProblem(
      await tenant.admin.send('POST', '/verify', { body: { jws: await signed('signs-8') } }),
      'key-not-found',
    );
    const named = { jws: await signed('signs-8'), keyId: key.id };
    expect(await tenant.admin.post<VerifyResult>('/verify', named)).toMatchObject({ valid: true, version: 1 });
  });

  it('shares none with another key of the tenant', async () => {
    const request = { algorithm: 'EC-P256', purpose: 'sign', formerKids: ['one', 'two'] };
    const both = await Promise.all([1, 2].map(() => bring(signing.privateKey, request)));
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const again = { ...request, formerKids: ['three', 'two'] };
    expectProblem(await bring(signing.privateKey, again), 'former-kid-taken');
    const tried = await bring(signing.privateKey, again, '?dryRun=true');
    expect(tried.body).toMatchObject({ succeeds: false, error: { code: 'former-kid-taken' } });
    await brought(signing.privateKey, { ...request, formerKids: ['three'] });
    expect(await tenant.admin.send('POST', '/verify', { body: { jws: await signed('two') } })).toMatchObject({
      body: { valid: true, keyId: both.find(({ status }) => status === 201)?.body.id },
    });
  });

  it('has at most sixteen, each a text without control characters, and none if it only unwraps', async () => {
    const about = { algorithm: 'EC-P256', purpose: 'sign' };
    const tooMany = Array.from({ length: 17 }, (_, index) => `kid-${index}`);
    for (const formerKids of [[], tooMany, ['a', 'a'], ['a\u0000'], [''], ['k'.repeat(257)], [1]])
      expectProblem(await bring(signing.privateKey, { ...about, formerKids }), 'request-invalid');
    const wrapping = { algorithm: 'AES-256', purpose: 'wrap', formerKids: ['w'] };
    expectProblem(await bring(signing.privateKey, wrapping), 'request-invalid');
  });
});
