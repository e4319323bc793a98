import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { EncryptResult, ItemFailure, UnwrapResult, WrapResult } from '@ankasecure/contracts';
import { CompactEncrypt, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

const post = <Body>(path: string, body: object) => tenant.admin.send<Body>('POST', path, { body });
const wrap = (body: object) => post<WrapResult>('/wrap', body);
const unwrap = (body: object) => post<UnwrapResult>('/unwrap', body);

const secret = { kty: 'oct', k: randomBytes(32).toString('base64url'), 'x-mine': { of: ['the caller', 1, null] } };
const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

describe('a JWK', () => {
  it.each([
    { algorithm: 'AES-256', alg: 'A256KW' },
    { algorithm: 'AES-256', alg: 'dir' },
    { algorithm: 'RSA-2048', purpose: 'encrypt' },
    { algorithm: 'EC-P256', purpose: 'encrypt' },
  ] as const)('is wrapped under $algorithm $alg, and unwrapped as it was', async (key) => {
    const { id: keyId } = await tenant.createKey(key);
    for (const jwk of [secret, privateKey, rsaKey]) {
      const wrapped = await wrap({ keyId, jwk });
      expect(wrapped.body).toMatchObject({ keyId, version: 1, enc: 'A256GCM' });
      expect(decodeProtectedHeader(wrapped.body.jwe)).toMatchObject({ cty: 'jwk+json', kid: `${keyId}.1` });
      const unwrapped = await unwrap({ jwe: wrapped.body.jwe });
      expect(unwrapped.body.jwk).toEqual(jwk);
      const [made] = await sealedEvents(tenant.admin, wrapped.correlationId);
      expect(made).toMatchObject({ operation: 'encrypt', keyId, details: { within: 'wrap' } });
      const [used] = await sealedEvents(tenant.admin, unwrapped.correlationId);
      expect(used).toMatchObject({ operation: 'decrypt', keyId, details: { within: 'unwrap' } });
      expect(JSON.stringify([made, used])).not.toContain(String('d' in jwk ? jwk.d : secret.k));
    }
  });

  it('can be wrapped by others for a public key of the tenant', async () => {
    const { id, publicKey } = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' });
    const recipient = await importJWK(publicKey?.jwk as JWK, 'RSA-OAEP-256');
    const sealed = (content: string | Uint8Array, cty?: string) =>
      new CompactEncrypt(Buffer.from(content))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: `${id}.1`, ...(cty !== undefined && { cty }) })
        .encrypt(recipient);
    for (const cty of ['jwk+json', 'application/jwk+json', 'JWK+JSON'])
      expect((await unwrap({ jwe: await sealed(JSON.stringify(secret), cty) })).body.jwk).toEqual(secret);
    for (const cty of [undefined, 'text/plain', 'JWT', 'jwk-set+json', 'text/jwk+json'])
      expectProblem(await unwrap({ jwe: await sealed(JSON.stringify(secret), cty) }), 'jwe-invalid');
    const deep = `{"kty":"oct","canary":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    for (const content of ['', 'canary-text', '[]', '{"k":"AAAA"}', 'null', deep, Buffer.of(0xff)]) {
      const refused = await unwrap({ jwe: await sealed(content, 'jwk+json') });
      expectProblem(refused, 'request-invalid');
      expect(refused.text).not.toContain('canary');
    }
  });

  it('is refused if it is none or too long, or for a key that does not encrypt', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'AES-256' });
    for (const jwk of [{}, [], 'x', { kty: 'x' }, { kty: 'oct', k: 'A'.repeat(65_536) }])
      expectProblem(await wrap({ keyId, jwk }), 'request-invalid');
    for (const levels of [16, 17, 1000, 5000]) {
      const deep = `{"keyId":"${keyId}","jwk":{"kty":"oct","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}}`;
      const reply = await tenant.admin.send<object>('POST', '/wrap', { body: deep });
      if (levels === 16) expect(reply.status).toBe(200);
      else expectProblem(reply, 'request-invalid');
    }
    const signing = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    expectProblem(await wrap({ keyId: signing.id, jwk: secret }), 'purpose-mismatch');
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId, plaintext: 'AAAA' });
    expectProblem(await unwrap({ jwe }), 'jwe-invalid');
    const wrapped = (await wrap({ keyId, jwk: secret })).body.jwe;
    expectProblem(await unwrap({ jwe: `${wrapped.slice(0, -4)}AAAA` }), 'decryption-failed');
  });

  it('stays one when it is encrypted to another key', async () => {
    const [from, to] = [
      await tenant.createKey({ algorithm: 'AES-256' }),
      await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' }),
    ];
    const { jwe } = (await wrap({ keyId: from.id, jwk: secret })).body;
    const moved = (await post<{ jwe: string }>('/reencrypt', { jwe, to: { keyId: to.id } })).body.jwe;
    expect(decodeProtectedHeader(moved)).toMatchObject({ cty: 'jwk+json', kid: `${to.id}.1` });
    expect((await unwrap({ jwe: moved })).body.jwk).toEqual(secret);
  });

  it('comes in batches and dry runs', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'AES-256' });
    const { body } = await post<{ items: (WrapResult & Partial<ItemFailure>)[] }>('/wrap', {
      items: [
        { keyId, jwk: secret },
        { keyId, jwk: {} },
      ],
    });
    expect(body.items.map(({ error, keyId: of }) => error?.code ?? of)).toEqual([keyId, 'request-invalid']);
    const tried = await post<object>('/wrap?dryRun=true', { keyId, jwk: secret });
    expect(tried.body).toMatchObject({ dryRun: true, operation: 'wrap', succeeds: true });
    const opening = await post<object>('/unwrap?dryRun=true', { jwe: body.items[0]?.jwe });
    expect(opening.body).toMatchObject({ dryRun: true, operation: 'unwrap', succeeds: true });
    expect(opening.text).not.toContain(secret.k);
  });
});
