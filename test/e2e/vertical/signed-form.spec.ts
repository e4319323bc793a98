import { createHash, createPublicKey, verify as verifyWith } from 'node:crypto';
import type { Key, SignResult, VerifyResult } from '@ankasecure/contracts';
import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

let tenant: Tenant;
const curves = ['EC-P256', 'EC-P384', 'EC-P521'] as const;
const hashes = { 'EC-P256': 'sha256', 'EC-P384': 'sha384', 'EC-P521': 'sha512' } as const;
const keys = new Map<string, Key>();
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
  for (const algorithm of curves) keys.set(algorithm, await tenant.createKey({ algorithm, purpose: 'sign' }));
});

const keyOf = (name: string): Key => keys.get(name) ?? expect.unreachable();
const post = <Body>(path: string, body: object) => tenant.admin.send<Body>('POST', path, { body });
const text = { payload: 'hello', encoding: 'utf8' };

describe('the header of a JWS', () => {
  it('has the members that the caller chose, so that an access token of RFC 9068 can be issued', async () => {
    const { id: keyId, publicKey } = keyOf('EC-P256');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: 'https://a.example',
      aud: 'api',
      sub: 'x',
      client_id: 'y',
      iat: now,
      exp: now + 60,
      jti: '1',
    };
    const header = { typ: 'at+jwt', cty: 'example', nonce: 'n', url: 'https://a.example/new' };
    const payload = { payload: JSON.stringify(claims), encoding: 'utf8' };
    const { jws = '' } = await tenant.admin.post<SignResult>('/sign', { keyId, ...payload, header });
    expect(decodeProtectedHeader(jws)).toEqual({ ...header, alg: 'ES256', kid: `${keyId}.1` });
    const key = await importJWK(publicKey?.jwk as JWK);
    const verified = await jwtVerify(jws, key, { typ: 'at+jwt', issuer: 'https://a.example', audience: 'api' });
    expect(verified.payload).toEqual(claims);
    expect((await post<VerifyResult>('/verify', { jws })).body).toMatchObject({ valid: true, keyId });
    const detached = await tenant.admin.post<SignResult>('/sign', {
      keyId,
      ...payload,
      header,
      format: 'jws-detached',
    });
    expect((await post<VerifyResult>('/verify', { jws: detached.jws, ...payload })).body).toMatchObject({
      valid: true,
    });
  });

  it('cannot name a key, an algorithm or an extension, and belongs to a JWS', async () => {
    const { id: keyId } = keyOf('EC-P256');
    const values = {
      crit: ['b64'],
      b64: false,
      alg: 'none',
      kid: 'x',
      jwk: {},
      jku: 'https://x',
      x5u: 'https://x',
      x5c: [],
      x5t: 'x',
      'x5t#S256': 'x',
      zip: 'DEF',
      other: 1,
    };
    for (const [name, value] of Object.entries(values))
      expectProblem(await post('/sign', { keyId, ...text, header: { [name]: value } }), 'request-invalid');
    for (const format of ['raw', 'der'])
      expectProblem(await post('/sign', { keyId, ...text, format, header: { typ: 'x' } }), 'request-invalid');
    for (const typ of ['', ' x', 'x\n', 'x'.repeat(129)])
      expectProblem(await post('/sign', { keyId, ...text, header: { typ } }), 'request-invalid');
    const longest = '"'.repeat(256);
    const header = {
      typ: '"'.repeat(128),
      cty: 'ü'.repeat(128),
      iss: longest,
      sub: longest,
      aud: longest,
      url: longest,
      nonce: longest,
    };
    const { jws } = await tenant.admin.post<SignResult>('/sign', { keyId, ...text, header });
    expect((await post<VerifyResult>('/verify', { jws })).body).toMatchObject({ valid: true });
  });
});

describe('an ECDSA signature in DER', () => {
  it.each(curves)('of %s is what OpenSSL makes and verifies, of a payload and of a digest', async (algorithm) => {
    const { id: keyId, publicKey } = keyOf(algorithm);
    const key = createPublicKey(publicKey?.pem ?? '');
    const digest = createHash(hashes[algorithm]).update('hello').digest('base64url');
    for (let count = 0; count < 20; count++)
      for (const signed of [text, { digest }]) {
        const { signature = '' } = await tenant.admin.post<SignResult>('/sign', { keyId, ...signed, format: 'der' });
        const der = Buffer.from(signature, 'base64url');
        expect(verifyWith(hashes[algorithm], Buffer.from('hello'), key, der)).toBe(true);
        const claim = { keyId, signature, ...signed };
        expect((await post<VerifyResult>('/verify', { ...claim, format: 'der' })).body).toMatchObject({ valid: true });
        const asRaw = (await post<VerifyResult>('/verify', claim)).body;
        expect(asRaw).toMatchObject({ valid: false });
        expect(asRaw.hint).toContain('format der');
      }
  });

  it('has one form: bytes that another encoding would add are no signature', async () => {
    const { id: keyId } = keyOf('EC-P256');
    const { signature = '' } = await tenant.admin.post<SignResult>('/sign', { keyId, ...text, format: 'der' });
    const der = Buffer.from(signature, 'base64url');
    const [, , , rLength = 0] = der;
    const padded = Buffer.concat([Buffer.of(0x30, (der[1] ?? 0) + 1, 2, rLength + 1, 0), der.subarray(4)]);
    const longLength = Buffer.concat([Buffer.of(0x30, 0x81, der[1] ?? 0), der.subarray(2)]);
    for (const wrong of [
      padded,
      longLength,
      Buffer.concat([der, Buffer.of(0)]),
      der.subarray(0, -1),
      Buffer.of(0x30, 0),
    ]) {
      const claim = { keyId, ...text, format: 'der', signature: wrong.toString('base64url') };
      expect((await post<VerifyResult>('/verify', claim)).body).toMatchObject({ valid: false });
    }
  });

  it('is for ECDSA only', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'Ed25519' });
    expectProblem(await post('/sign', { keyId, ...text, format: 'der' }), 'request-invalid');
    expectProblem(await post('/verify', { keyId, ...text, format: 'der', signature: 'AAAA' }), 'request-invalid');
    expectProblem(await post('/verify', { jws: 'a.b.c', format: 'der' }), 'request-invalid');
  });
});

describe('a pinned version', () => {
  it('signs while it is the current one, and is refused afterwards', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    await tenant.admin.put('/aliases/pinned', { keyId });
    for (const named of [{ keyId }, { alias: 'pinned' }])
      expect((await post<SignResult>('/sign', { ...named, ...text, version: 1 })).body).toMatchObject({ version: 1 });
    expectProblem(await post('/sign', { keyId, ...text, version: 2 }), 'key-not-found');
    await tenant.admin.post(`/keys/${keyId}/rotate`, {});
    for (const named of [{ keyId }, { alias: 'pinned' }]) {
      expectProblem(await post('/sign', { ...named, ...text, version: 1 }), 'key-state');
      expect((await post<SignResult>('/sign', { ...named, ...text, version: 2 })).body).toMatchObject({ version: 2 });
    }
  });

  it('is not replaced by another when it is used up', async () => {
    const { id: keyId } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    await tenant.admin.put(`/keys/${keyId}/rotation-policy`, { maxUses: 2 });
    const signed = (version?: number) => post<SignResult>('/sign', { keyId, ...text, ...(version && { version }) });
    for (let use = 0; use < 2; use++) expect((await signed(1)).body).toMatchObject({ version: 1 });
    const third = await signed(1);
    expect(third.status).toBeGreaterThanOrEqual(400);
    expect((await signed()).body).toMatchObject({ version: 2 });
  });
});
