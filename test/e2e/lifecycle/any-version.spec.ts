import type { DecryptResult, EncryptResult, SignResult, VerifyResult } from '@ankasecure/contracts';
import { CompactEncrypt, compactVerify, createLocalJWKSet, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

/** The token with another header. What the header authenticates no longer fits, unless it is put back. */
const withoutKid = (token: string): string => {
  const [header = '', ...rest] = token.split('.');
  const { kid: _, ...members } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
  return [Buffer.from(JSON.stringify(members)).toString('base64url'), ...rest].join('.');
};
const rotate = (id: string): Promise<unknown> => tenant.admin.post(`/keys/${id}/rotate`, {});
const verify = (body: object): Promise<VerifyResult> => tenant.admin.post<VerifyResult>('/verify', body);

describe('after two rotations, what names no version', () => {
  it.each([
    ['EC-P256', 'sign'],
    ['RSA-2048', 'sign'],
    ['Ed25519', 'sign'],
    ['HMAC-SHA256', 'mac'],
  ] as const)('is verified by the version of %s that made it (%s)', async (algorithm, purpose) => {
    const { id } = await tenant.createKey({ algorithm, purpose });
    const signatures: string[] = [];
    for (const version of [1, 2, 3]) {
      const item = { keyId: id, payload: 'AAAA', format: 'raw' };
      signatures.push((await tenant.admin.post<SignResult>('/sign', item)).signature ?? '');
      if (version < 3) await rotate(id);
    }
    for (const [index, signature] of signatures.entries())
      expect(await verify({ keyId: id, payload: 'AAAA', signature })).toMatchObject({
        valid: true,
        version: index + 1,
      });
    const other = await tenant.admin.send<VerifyResult>('POST', '/verify', {
      body: { keyId: id, payload: 'AAAB', signature: signatures[0] },
    });
    expect(other.body).toMatchObject({ valid: false, version: 3, versionsTried: [3, 2, 1] });
    const events = await sealedEvents(tenant.admin, other.correlationId);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ failureCode: 'signature-invalid', details: { versionsTried: '3 2 1' } });
  });

  it('is not called invalid in silence where the version that made it is compromised', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const item = { keyId: id, payload: 'AAAA' };
    const { signature } = await tenant.admin.post<SignResult>('/sign', { ...item, format: 'raw' });
    await rotate(id);
    await tenant.admin.post(`/keys/${id}/compromise`, { version: 1 });
    const told = await tenant.admin.send<VerifyResult>('POST', '/verify', { body: { ...item, signature } });
    expect(told.body).toMatchObject({
      valid: false,
      version: 2,
      versionsNotTried: [{ from: 1, to: 1, reason: 'state' }],
    });
    expect(await sealedEvents(tenant.admin, told.correlationId)).toMatchObject([
      { failureCode: 'signature-invalid', details: { version: '2', versionsNotTried: 'state 1' } },
    ]);
    expect(await verify({ ...item, signature, version: 1, acceptRisk: true })).toMatchObject({ valid: true });
  });

  it('is opened by the version that a foreign sealer used', async () => {
    const key = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' });
    const recipient = await importJWK(key.publicKey?.jwk ?? {}, 'RSA-OAEP-256');
    const jwe = await new CompactEncrypt(Buffer.from('hello'))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(recipient);
    await rotate(key.id);
    await rotate(key.id);
    const opened = await tenant.admin.send<DecryptResult>('POST', '/decrypt', {
      body: { jwe, keyId: key.id, encoding: 'utf8' },
    });
    expect(opened.body, opened.text).toMatchObject({ plaintext: 'hello', version: 1 });
    expect(await sealedEvents(tenant.admin, opened.correlationId)).toMatchObject([
      { operation: 'decrypt', outcome: 'success', details: { version: '1' } },
    ]);
  });

  it('fails alike, whatever is wrong with it and however many versions are tried', async () => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: id, plaintext: 'AAAA' });
    const refusals = async () => {
      const [header = '', key = '', iv = '', text = '', tag = ''] = withoutKid(jwe).split('.');
      const zeros = (segment: string) => 'A'.repeat(segment.length);
      const spoilt = [
        [header, key, iv, text, tag],
        [header, zeros(key), iv, text, tag],
        [header, key, iv, text, zeros(tag)],
        // Of another length, and base64url still.
        [header, key.slice(0, (key.length >> 2) * 4 - 4), iv, text, tag],
      ].map((segments) => segments.join('.'));
      const replies = await Promise.all(
        spoilt.map((one) => tenant.admin.send('POST', '/decrypt', { body: { jwe: one, keyId: id } })),
      );
      return replies.map(({ status, text: body, correlationId }) => [status, body.replaceAll(correlationId, '')]);
    };
    const before = await refusals();
    await rotate(id);
    await rotate(id);
    expect(new Set([...before, ...(await refusals())].map((one) => JSON.stringify(one)))).toHaveLength(1);
    expect(before[0]?.[0]).toBe(400);
  });
});

describe('a kid', () => {
  it('that is not this tenant’s is only a hint where the request names the key', async () => {
    const { id } = await tenant.createKey({ algorithm: 'HMAC-SHA256', purpose: 'mac' });
    const signing = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const kids = ['2011-04-29', `${signing.id}.1`, '../x', 'a\u0000b', 'k'.repeat(500)];
    for (const kid of kids) {
      const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid })).toString('base64url');
      const payload = `${header}.AAAA`;
      const { signature } = await tenant.admin.post<SignResult>('/sign', {
        keyId: id,
        payload,
        encoding: 'utf8',
        format: 'raw',
      });
      expect([kid, await verify({ jws: `${payload}.${signature}`, keyId: id })]).toMatchObject([
        kid,
        { valid: true, version: 1 },
      ]);
    }
  });
});

describe('the algorithm of a key', () => {
  it.each([
    ['RSA-2048', undefined, 'RS256'],
    ['RSA-2048', 'PS256', 'PS256'],
    ['EC-P384', undefined, 'ES384'],
    ['Ed25519', undefined, 'EdDSA'],
    ['Ed25519', 'Ed25519', 'Ed25519'],
  ] as const)('of %s, created with alg %s, is %s in its JWK and in all that it signs', async (algorithm, alg, own) => {
    const key = await tenant.createKey({ algorithm, purpose: 'sign', ...(alg !== undefined && { alg }) });
    expect([key.algs, key.publicKey?.jwk['alg']]).toEqual([[own], own]);
    const { jws = '' } = await tenant.admin.post<SignResult>('/sign', { keyId: key.id, payload: 'AAAA' });
    const [header = ''] = jws.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: own, kid: `${key.id}.1` });
    const set = createLocalJWKSet({ keys: [{ kty: '', ...key.publicKey?.jwk }] });
    expect((await compactVerify(jws, set)).protectedHeader.alg).toBe(own);
    const others = ['RS256', 'PS256', 'ES384', 'EdDSA', 'Ed25519'].filter((one) => one !== own);
    for (const other of others) {
      const refused = await tenant.admin.send<{ code: string }>('POST', '/sign', {
        body: { keyId: key.id, payload: 'AAAA', alg: other },
      });
      expect(refused.body.code).toBe('algorithm-mismatch');
    }
  });

  it('is left open if its creator asks for any, and then its JWK names none', async () => {
    const key = await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'sign', alg: 'any' });
    expect(key.algs).toEqual(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']);
    expect(key.publicKey?.jwk).not.toHaveProperty('alg');
    const set = createLocalJWKSet({ keys: [{ kty: '', ...key.publicKey?.jwk }] });
    for (const alg of ['RS256', 'PS512'] as const) {
      const { jws = '' } = await tenant.admin.post<SignResult>('/sign', { keyId: key.id, payload: 'AAAA', alg });
      expect((await compactVerify(jws, set)).protectedHeader.alg).toBe(alg);
    }
  });
});
