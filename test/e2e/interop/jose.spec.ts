import { createPublicKey, randomBytes } from 'node:crypto';
import { type AlgorithmName, algorithmNames, algorithmOf, type JwsAlg, joseAlgs } from '@ankasecure/algorithm';
import type { DecryptResult, EncryptResult, Key, SignResult } from '@ankasecure/contracts';
import { CompactEncrypt, compactDecrypt, compactVerify, flattenedVerify, importJWK, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type KnownKey, knownKey } from '../harness/known-key.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';

const message = 'Zahlen, 数字, 🔑';
const encoder = new TextEncoder();
const publicJwk = (key: Key): JWK => key.publicKey?.jwk ?? {};

let rig: Rig;
let tenant: Tenant;
beforeAll(async () => {
  rig = await sharedRig();
  tenant = await newTenant(rig);
});

const pairs = algorithmNames.filter((name) => ['rsa', 'ec', 'ed'].includes(algorithmOf(name).kind));

describe('data that jose encrypts for our public JWK', () => {
  it.each(pairs.filter((name) => joseAlgs(name, 'encrypt').length > 0))('%s decrypts', async (algorithm) => {
    const key = await tenant.createKey({ algorithm, purpose: 'encrypt' });
    const jwk = publicJwk(key);
    const recipient = await importJWK(jwk, jwk.alg ?? '');
    const seal = new CompactEncrypt(encoder.encode(message)).setProtectedHeader({
      alg: jwk.alg ?? '',
      enc: 'A256GCM',
      kid: jwk.kid ?? '',
    });
    if (jwk.kty === 'EC') seal.setKeyManagementParameters({ apu: encoder.encode('Alice'), apv: encoder.encode('Bob') });
    const jwe = await seal.encrypt(recipient);
    const opened = await tenant.admin.post<DecryptResult>('/decrypt', { jwe, encoding: 'utf8' });
    expect(opened).toMatchObject({ plaintext: message, keyId: key.id, alg: jwk.alg });
  });
});

describe('a signature of ours', () => {
  const keys = new Map<AlgorithmName, Promise<Key>>();
  const keyOf = (algorithm: AlgorithmName): Promise<Key> => {
    const known = keys.get(algorithm) ?? tenant.createKey({ algorithm, purpose: 'sign', alg: 'any' });
    keys.set(algorithm, known);
    return known;
  };
  const cases = pairs.flatMap((algorithm) =>
    joseAlgs(algorithm, 'sign').map((alg) => [algorithm, alg as JwsAlg] as const),
  );

  it.each(cases)('with %s as %s verifies with jose', async (algorithm, alg) => {
    const key = await keyOf(algorithm);
    const request = { keyId: key.id, payload: message, encoding: 'utf8', alg };
    const verifier = await importJWK({ ...publicJwk(key), alg }, alg);
    const { jws = '' } = await tenant.admin.post<SignResult>('/sign', request);
    const verified = await compactVerify(jws, verifier, { algorithms: [alg] });
    expect(new TextDecoder().decode(verified.payload)).toBe(message);
    expect(verified.protectedHeader).toEqual({ alg, kid: `${key.id}.1` });

    const detached = await tenant.admin.post<SignResult>('/sign', { ...request, format: 'jws-detached' });
    const [header = '', , signature = ''] = (detached.jws ?? '').split('.');
    const payload = Buffer.from(message).toString('base64url');
    await flattenedVerify({ protected: header, payload, signature }, verifier, { algorithms: [alg] });
    const other = Buffer.from('other').toString('base64url');
    await expect(flattenedVerify({ protected: header, payload: other, signature }, verifier)).rejects.toThrow();
  });
});

describe('keys that the test knows', () => {
  const kinds = [
    ...(['RSA-2048', 'RSA-3072'] as const).map((algorithm) => ({ algorithm, alg: 'RSA-OAEP-256' }) as const),
    ...(['EC-P256', 'EC-P384', 'EC-P521'] as const).map((algorithm) => ({ algorithm, alg: 'ECDH-ES+A256KW' }) as const),
    { algorithm: 'AES-128', alg: 'A128KW' },
    { algorithm: 'AES-256', alg: 'A256KW' },
    { algorithm: 'AES-256', alg: 'dir' },
  ] as const;
  describe.each(kinds)('$algorithm with $alg', (kind) => {
    let key: KnownKey;
    beforeAll(async () => {
      key = await knownKey(tenant, kind);
    });

    it('decrypt our JWEs with jose', async () => {
      for (const size of [0, 1, 1000]) {
        const plaintext = randomBytes(size);
        const request = { keyId: key.id, plaintext: plaintext.toString('base64url') };
        const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', request);
        const opened = await compactDecrypt(jwe, key.secret);
        expect(Buffer.from(opened.plaintext).equals(plaintext)).toBe(true);
        expect(opened.protectedHeader).toMatchObject({ alg: kind.alg, enc: 'A256GCM', kid: `${key.id}.1` });
      }
    });

    it('decrypt jose’s JWEs here', async () => {
      const jwe = await new CompactEncrypt(encoder.encode(message))
        .setProtectedHeader({ alg: kind.alg, enc: 'A256GCM', kid: `${key.id}.1` })
        .encrypt(key.secret instanceof Uint8Array ? key.secret : createPublicKey(key.secret));
      const { plaintext } = await tenant.admin.post<DecryptResult>('/decrypt', { jwe, encoding: 'utf8' });
      expect(plaintext).toBe(message);
    });
  });
});
