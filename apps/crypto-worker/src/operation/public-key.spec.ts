import { constants, generateKeyPairSync, type KeyObject, privateDecrypt, sign as signWith } from 'node:crypto';
import { type AlgorithmName, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { grantsOf } from '../access/grant.js';
import { CustodyByKind } from '../custody/assembly/custody-by-kind.js';
import type { Custody, KeyCustody } from '../custody/custody.js';
import { PublicCustody } from '../custody/public/public-custody.js';
import { knownKey } from '../jose/testing/known-key.js';
import type { GrantedVersion } from '../key/key-store.js';
import { operations } from './operation.js';
import { running } from './testing/signing.js';

const token = { label: 't', serial: 's', manufacturer: 'm', model: 'm', firmware: 'f', profile: 'p' };

/** A custody whose token is away: every call of it fails, and none is expected. */
const away = (calls: string[]): Custody =>
  new Proxy({ token } as unknown as Custody, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name) as unknown;
      return () => {
        calls.push(String(name));
        throw new AnkaError('hsm-unavailable');
      };
    },
  });

const [encrypt, decrypt, sign, verify] = operations;

/** Operations with a public key of others on a worker whose token is away. */
const worker = (algorithm: AlgorithmName, purpose: Purpose, publicKey: KeyObject) => {
  const calls: string[] = [];
  const custody = new CustodyByKind(away(calls), away(calls), away(calls));
  const known = knownKey(algorithm, purpose);
  const key: GrantedVersion = {
    ...known.key,
    version: 1,
    custody: 'public',
    algs: joseAlgs(algorithm, purpose).slice(0, 1),
    publicKey,
    ref: { ...known.key.ref, isPublic: true },
    grants: grantsOf([]),
  };
  const on = { ...known, custody: custody as never, key };
  const run = async (operation: (typeof operations)[number], request: object) => {
    const answer = await running(operation as typeof verify, on, { meant: async () => key, policyCustody: ['public'] })(
      request,
    );
    const { head, body } = answer;
    return head.ok ? (JSON.parse(Buffer.from(body ?? []).toString()) as Record<string, string>) : head.error.code;
  };
  return { calls, run, keyId: key.keyId, custody, ref: key.ref };
};

describe('a public key of others, on a worker whose token is away', () => {
  it('verifies', async () => {
    const pair = generateKeyPairSync('ed25519');
    const { run, calls, keyId } = worker('Ed25519', 'sign', pair.publicKey);
    const payload = Buffer.from('hello').toString('base64url');
    const signature = signWith(null, Buffer.from('hello'), pair.privateKey).toString('base64url');
    expect(await run(verify, { keyId, payload, signature })).toMatchObject({ valid: true, custody: 'public' });
    expect(await run(verify, { keyId, payload: 'AAAA', signature })).toMatchObject({ valid: false });
    expect(await run(sign, { keyId, payload })).toBe('purpose-mismatch');
    expect(calls).toEqual([]);
  });

  it('encrypts', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { run, calls, keyId } = worker('RSA-2048', 'encrypt', pair.publicKey);
    const sealed = await run(encrypt, { keyId, plaintext: 'AAAA' });
    if (typeof sealed === 'string') throw new Error(sealed);
    const [, encryptedKey = ''] = (sealed['jwe'] ?? '').split('.');
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    const cek = privateDecrypt({ key: pair.privateKey, ...padding }, Buffer.from(encryptedKey, 'base64url'));
    expect(cek.length).toBe(32);
    expect(await run(decrypt, { keyId, jwe: sealed['jwe'] })).toBe('purpose-mismatch');
    expect(calls).toEqual([]);
  });

  it('is never given to the token, whatever asks for its private key', async () => {
    const { custody, ref, calls } = worker(
      'RSA-2048',
      'encrypt',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
    );
    const [budget, bytes] = [{ deadline: Number.POSITIVE_INFINITY }, new Uint8Array(8)];
    const sealed = { iv: bytes, ciphertext: bytes, tag: bytes };
    const uses: Record<string, (of: KeyCustody) => Promise<unknown>> = {
      sign: (of) => of.sign(budget, ref, { scheme: 'ecdsa' }, bytes),
      decryptOaep: (of) => of.decryptOaep(budget, ref, bytes),
      agree: (of) => of.agree(budget, ref, bytes),
      wrapCek: (of) => of.wrapCek(budget, ref, bytes),
      unwrapCek: (of) => of.unwrapCek(budget, ref, bytes),
      sealGcm: (of) => of.sealGcm(budget, ref, bytes, bytes),
      openGcm: (of) => of.openGcm(budget, ref, sealed, bytes),
      rewrap: (of) => of.rewrap(budget, ref, {} as never),
      generate: (of) => of.generate(budget, { ref, custody: 'public' }),
    };
    for (const [name, use] of Object.entries(uses))
      await expect(use(custody), name).rejects.toMatchObject({ code: 'purpose-mismatch' });
    expect([custody.uri(ref), calls]).toEqual([null, []]);
  });
});

describe('the capabilities of public keys', () => {
  it('are those of every pair, and none of secret keys', () => {
    const able = new PublicCustody().capabilities().filter(({ algs }) => algs.length > 0);
    for (const { algorithm, purpose } of able)
      expect([algorithm, purpose].join(' ')).toMatch(
        /^(RSA|EC|Ed|ML-DSA|SLH-DSA|ML-KEM)\S* (sign|encrypt|encapsulate)$/,
      );
    expect(able.length).toBe(3 * 2 + 3 * 2 + 1 + 3 + 12 + 3 * 2);
  });
});
