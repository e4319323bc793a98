import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type MlKemSet, mlKemJweAlg, mlKemSets } from '@ankasecure/algorithm';
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, it } from 'vitest';
import { type KnownKey, knownKey, soon } from '../jose/testing/known-key.js';
import { mlKemKeyOfSeed } from '../jose/testing/ml-kem-seed.js';
import { openJwe, readJwe } from './decrypt.js';
import { unwrapKey } from './key-wrap.js';

/** Names and base64url, as `ml-kem-jwe.md` says under "Test vectors". */
type Vector = Readonly<
  Record<'alg' | 'enc' | 'seed' | 'm' | 'sharedSecret' | 'cek' | 'iv' | 'plaintext' | 'jwe', string>
>;

const vectors = JSON.parse(readFileSync(new URL('ml-kem-jwe.vectors.json', import.meta.url), 'utf8')) as Vector[];
const noble = { 'ML-KEM-512': ml_kem512, 'ML-KEM-768': ml_kem768, 'ML-KEM-1024': ml_kem1024 };
const decoded = (value: string): Buffer => Buffer.from(value, 'base64url');
const setOf = ({ alg }: Vector): MlKemSet =>
  mlKemSets.find((set) => mlKemJweAlg(set) === alg) ?? expect.unreachable(alg);
const keyOf = (vector: Vector): KnownKey =>
  knownKey(setOf(vector), 'encrypt', { secret: mlKemKeyOfSeed(setOf(vector), decoded(vector.seed)) });
const opened = async ({ key, custody }: KnownKey, jwe: string): Promise<string> =>
  Buffer.from((await openJwe(custody, soon, key, readJwe(jwe), undefined)).plaintext).toString();

describe('the vectors of ml-kem-jwe.md', () => {
  it('have every parameter set with both kinds of content encryption', () => {
    expect(vectors.map((vector) => `${setOf(vector)} ${vector.enc}`)).toEqual(
      mlKemSets.flatMap((set) => [`${set} A256GCM`, `${set} A256CBC-HS512`]),
    );
  });

  it.each(vectors.map((vector) => [`${setOf(vector)} ${vector.enc}`, vector] as const))(
    '%s opens',
    async (_, vector) => {
      expect(await opened(keyOf(vector), vector.jwe)).toBe(vector.plaintext);
    },
  );

  it.each(vectors.map((vector) => [`${setOf(vector)} ${vector.enc}`, vector] as const))(
    '%s says the value of each step',
    (_, vector) => {
      const { publicKey } = noble[setOf(vector)].keygen(decoded(vector.seed));
      const spki = createPublicKey(keyOf(vector).secret).export({ format: 'der', type: 'spki' });
      expect(spki.subarray(-publicKey.length)).toEqual(Buffer.from(publicKey));
      const { cipherText, sharedSecret } = noble[setOf(vector)].encapsulate(publicKey, decoded(vector.m));
      const [header = '', encryptedKey = '', iv] = vector.jwe.split('.');
      expect(JSON.parse(decoded(header).toString())).toEqual({
        alg: vector.alg,
        enc: vector.enc,
        ek: Buffer.from(cipherText).toString('base64url'),
      });
      expect(Buffer.from(sharedSecret)).toEqual(decoded(vector.sharedSecret));
      expect(unwrapKey(sharedSecret, decoded(encryptedKey))).toEqual(decoded(vector.cek));
      expect(iv).toBe(vector.iv);
    },
  );

  const flip = (segment: string): string => {
    const bytes = decoded(segment);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    return bytes.toString('base64url');
  };
  const changes: readonly (readonly [string, number, (segment: string) => string])[] = [
    [
      'ek',
      0,
      (header) => {
        const members = JSON.parse(decoded(header).toString()) as Readonly<Record<string, string>>;
        return Buffer.from(JSON.stringify({ ...members, ek: flip(members['ek'] ?? '') })).toString('base64url');
      },
    ],
    ['encrypted key', 1, flip],
    ['initialization vector', 2, flip],
    ['ciphertext', 3, flip],
    ['tag', 4, flip],
  ];
  it.each(changes)('refuse in one way if one bit of the %s is another', async (_, index, change) => {
    for (const vector of vectors) {
      const jwe = vector.jwe.split('.').map((segment, at) => (at === index ? change(segment) : segment));
      await expect(opened(keyOf(vector), jwe.join('.'))).rejects.toMatchObject({ code: 'decryption-failed' });
    }
  });
});
