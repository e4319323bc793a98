import { createCipheriv, createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto';
import {
  type AlgorithmName,
  mlDsaSets,
  mlKemJweAlg,
  mlKemSets,
  type Purpose,
  type SlhDsaSet,
} from '@ankasecure/algorithm';
import { enterKryopticToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import {
  slh_dsa_sha2_128f,
  slh_dsa_sha2_128s,
  slh_dsa_sha2_192s,
  slh_dsa_sha2_256s,
  slh_dsa_shake_128f,
} from '@noble/post-quantum/slh-dsa.js';
import { compactVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { openJwe, readJwe } from '../envelope/decrypt.js';
import { sealJwe } from '../envelope/encrypt.js';
import { decapsulateRaw, encapsulateRaw } from '../kem/raw-kem.js';
import type { KeyVersion } from '../key/key-version.js';
import { publicKeyOf } from '../key/public-key.js';
import { signItem } from '../signature/sign.js';
import { verifyItem } from '../signature/verify.js';
import { failureOf, shown } from './testing/failure.js';
import { keyVersion, soon } from './testing/known-key.js';

const token = enterKryopticToken();
let custody: Custody;
beforeAll(async () => {
  custody = await openPkcs11Custody({ ...partitionOn(token), sessionTimeoutSeconds: 60 }, listeningLogger());
});
afterAll(async () => {
  await custody.close();
  token.remove();
});

const generate = async (algorithm: AlgorithmName, purpose: Purpose): Promise<KeyVersion & { publicKey: KeyObject }> => {
  const version = keyVersion(algorithm, purpose, null);
  const { spki } = await custody.generate(soon, { ref: version.ref });
  return { ...version, publicKey: createPublicKey({ key: Buffer.from(spki ?? []), format: 'der', type: 'spki' }) };
};

/** The raw public key, as the JWK that callers get has it. */
const rawOf = (key: KeyVersion): Buffer => Buffer.from(publicKeyOf(key)?.jwk['pub'] ?? '', 'base64url');

const message = Buffer.from('kept in a token');
const payload = message.toString('base64url');

describe('ML-DSA in the token', () => {
  const noble = { 'ML-DSA-44': ml_dsa44, 'ML-DSA-65': ml_dsa65, 'ML-DSA-87': ml_dsa87 };

  it.each(mlDsaSets)('%s signs a JWS that we, jose, OpenSSL and noble verify', async (alg) => {
    const key = await generate(alg, 'sign');
    const item = { keyId: key.keyId, encoding: 'base64url' } as const;
    const { jws = '' } = await signItem(custody, soon, key, { ...item, payload, format: 'jws' });
    expect((await verifyItem(custody, soon, key, { ...item, jws })).valid).toBe(true);
    await compactVerify(jws, key.publicKey, { algorithms: [alg] });
    const [header, body, encoded = ''] = jws.split('.');
    const signature = Buffer.from(encoded, 'base64url');
    const input = Buffer.from(`${header}.${body}`);
    expect(verify(null, input, key.publicKey, signature)).toBe(true);
    expect(noble[alg].verify(signature, input, rawOf(key))).toBe(true);
    expect((await verifyItem(custody, soon, key, { ...item, jws: jws.replace(/\.[^.]*\./, '.AAAA.') })).valid).toBe(
      false,
    );
  });

  it('publishes a JWK of kty AKP (RFC 9964 §3) and a PEM that are the same key', async () => {
    const key = await generate('ML-DSA-65', 'sign');
    const told = publicKeyOf(key);
    expect(told?.jwk).toMatchObject({ kty: 'AKP', alg: 'ML-DSA-65', use: 'sig' });
    expect(Object.keys(told?.jwk ?? {}).toSorted()).toEqual(['alg', 'kid', 'kty', 'pub', 'use']);
    expect(createPublicKey(told?.pem ?? '').equals(key.publicKey)).toBe(true);
  });
});

describe('SLH-DSA in the token', () => {
  const noble = {
    'SLH-DSA-SHA2-128s': slh_dsa_sha2_128s,
    'SLH-DSA-SHA2-128f': slh_dsa_sha2_128f,
    'SLH-DSA-SHA2-192s': slh_dsa_sha2_192s,
    'SLH-DSA-SHA2-256s': slh_dsa_sha2_256s,
    'SLH-DSA-SHAKE-128f': slh_dsa_shake_128f,
  } as const satisfies Partial<Record<SlhDsaSet, unknown>>;

  it.each(Object.keys(noble) as (keyof typeof noble)[])(
    '%s makes raw signatures that we, OpenSSL and noble verify, and no JWS',
    async (alg) => {
      const key = await generate(alg, 'sign');
      const item = { keyId: key.keyId, encoding: 'base64url', payload } as const;
      const { signature: encoded = '' } = await signItem(custody, soon, key, { ...item, format: 'raw' });
      expect((await verifyItem(custody, soon, key, { ...item, signature: encoded })).valid).toBe(true);
      const signature = Buffer.from(encoded, 'base64url');
      expect(verify(null, message, key.publicKey, signature)).toBe(true);
      expect(noble[alg].verify(signature, message, rawOf(key))).toBe(true);
      const refused = shown(await failureOf(() => signItem(custody, soon, key, { ...item, format: 'jws' })));
      expect(refused).toContain('request-invalid');
    },
  );
});

const nobleKem = { 'ML-KEM-512': ml_kem512, 'ML-KEM-768': ml_kem768, 'ML-KEM-1024': ml_kem1024 };

describe('raw ML-KEM in the token', () => {
  it.each(mlKemSets)('%s decapsulates what we and noble encapsulate', async (set) => {
    const key = await generate(set, 'encapsulate');
    const ours = await encapsulateRaw(soon, key);
    expect(await decapsulateRaw(custody, soon, key, ours.ciphertext)).toBe(ours.sharedSecret);
    const theirs = nobleKem[set].encapsulate(rawOf(key));
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
    expect(await decapsulateRaw(custody, soon, key, text(theirs.cipherText))).toBe(text(theirs.sharedSecret));
    const changed = theirs.cipherText.map((byte, index) => (index === 7 ? byte ^ 1 : byte));
    const other = await decapsulateRaw(custody, soon, key, text(changed));
    expect(other).toHaveLength(43);
    expect(other).not.toBe(text(theirs.sharedSecret));
  });

  it.each(mlKemSets)('%s encapsulates what noble decapsulates', async (set) => {
    const { publicKey, secretKey } = nobleKem[set].keygen();
    const jwk = { kty: 'AKP', alg: set, pub: Buffer.from(publicKey).toString('base64url') };
    const key = keyVersion(set, 'encapsulate', createPublicKey({ key: jwk, format: 'jwk' }));
    const { ciphertext, sharedSecret } = await encapsulateRaw(soon, key);
    const secret = nobleKem[set].decapsulate(Buffer.from(ciphertext, 'base64url'), secretKey);
    expect(Buffer.from(secret).toString('base64url')).toBe(sharedSecret);
  });

  it('gives no secret of a key for JWEs, whoever asks the custody', async () => {
    const key = await generate('ML-KEM-768', 'encrypt');
    const asked = custody.decapsulate(soon, key.ref, randomBytes(1088));
    expect(shown(await failureOf(() => asked))).toContain('internal-error');
  });
});

describe('ML-KEM in the token', () => {
  const noble = nobleKem;
  const open = (key: KeyVersion, jwe: string, aad?: Uint8Array) => openJwe(custody, soon, key, readJwe(jwe), aad);

  it.each(mlKemSets)('%s opens what we sealed, with and without additional data', async (set) => {
    const key = await generate(set, 'encrypt');
    for (const aad of [undefined, Buffer.from('bound')]) {
      const { jwe, alg } = await sealJwe(custody, soon, key, { plaintext: message, enc: 'A256GCM', aad });
      expect(alg).toBe(mlKemJweAlg(set));
      expect(Buffer.from((await open(key, jwe, aad)).plaintext)).toEqual(message);
    }
  });

  it.each(mlKemSets)('%s opens what noble encapsulated by the text of ml-kem-jwe.md', async (set) => {
    const key = await generate(set, 'encrypt');
    const { cipherText, sharedSecret } = noble[set].encapsulate(rawOf(key));
    const header = { alg: mlKemJweAlg(set), enc: 'A256GCM', ek: Buffer.from(cipherText).toString('base64url') };
    const segment = Buffer.from(JSON.stringify(header)).toString('base64url');
    const [cek, iv] = [randomBytes(32), randomBytes(12)];
    const wrapped = createCipheriv('aes256-wrap', sharedSecret, Buffer.alloc(8, 0xa6)).update(cek);
    const cipher = createCipheriv('aes-256-gcm', cek, iv).setAAD(Buffer.from(segment));
    const content = Buffer.concat([cipher.update(message), cipher.final()]);
    const rest = [wrapped, iv, content, cipher.getAuthTag()].map((part) => part.toString('base64url'));
    expect(Buffer.from((await open(key, [segment, ...rest].join('.'))).plaintext)).toEqual(message);
  });

  it.each(mlKemSets)('%s fails in one way if the ciphertext, a segment or the key is another', async (set) => {
    const [key, other] = [await generate(set, 'encrypt'), await generate(set, 'encrypt')];
    const { jwe } = await sealJwe(custody, soon, key, { plaintext: message, enc: 'A256GCM' });
    const segments = jwe.split('.');
    const header = JSON.parse(Buffer.from(segments[0] ?? '', 'base64url').toString()) as { ek: string };
    const changed = (text: string, at: number): string =>
      text.slice(0, at) + (text[at] === 'A' ? 'Q' : 'A') + text.slice(at + 1);
    const withEk = (ek: string): string =>
      segments.with(0, Buffer.from(JSON.stringify({ ...header, ek })).toString('base64url')).join('.');
    const answers = new Set<string>();
    for (const at of [0, header.ek.length >> 1, header.ek.length - 5])
      answers.add(shown(await failureOf(() => open(key, withEk(changed(header.ek, at))))));
    for (const index of [1, 2, 3, 4]) {
      const segment = segments[index] ?? '';
      answers.add(shown(await failureOf(() => open(key, segments.with(index, changed(segment, 0)).join('.')))));
    }
    answers.add(shown(await failureOf(() => open(other, jwe))));
    expect([...answers]).toEqual([expect.stringContaining('"decryption-failed"')]);
    expect(shown(await failureOf(() => open(key, withEk(header.ek.slice(4)))))).toContain('jwe-invalid');
    expect(custody.healthy()).toBe(true);
  });
});
