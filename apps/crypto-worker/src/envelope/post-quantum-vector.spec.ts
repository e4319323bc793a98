import { createCipheriv, createPublicKey, randomBytes } from 'node:crypto';
import { type MlKemSet, mlKemJweAlg } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { readPublicKey } from '../custody/public/read-public-key.js';
import { type KnownKey, knownKey, soon } from '../jose/testing/known-key.js';
import { mlKemKeyOfSeed } from '../jose/testing/ml-kem-seed.js';
import { bytes, Tally, vectorsAbsent, wycheproof } from '../jose/testing/vector.js';
import { openJwe, readJwe } from './decrypt.js';

/** A JWE whose KEM ciphertext and shared secret a vector gives. */
const jweOf = (set: MlKemSet, ciphertext: Buffer, secret: Buffer, plaintext: Buffer): string => {
  const header = { alg: mlKemJweAlg(set), enc: 'A256GCM', ek: ciphertext.toString('base64url') };
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  const [cek, iv] = [randomBytes(32), randomBytes(12)];
  const wrapped = createCipheriv('aes256-wrap', secret, Buffer.alloc(8, 0xa6)).update(cek);
  const cipher = createCipheriv('aes-256-gcm', cek, iv).setAAD(Buffer.from(protectedHeader));
  const content = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const segments = [wrapped, iv, content, cipher.getAuthTag()].map((segment) => segment.toString('base64url'));
  return [protectedHeader, ...segments].join('.');
};

const opens = async ({ key, custody }: KnownKey, jwe: string, plaintext: Buffer): Promise<boolean> => {
  try {
    return Buffer.from((await openJwe(custody, soon, key, readJwe(jwe), undefined)).plaintext).equals(plaintext);
  } catch (error) {
    if (error instanceof AnkaError && ['decryption-failed', 'jwe-invalid'].includes(error.code)) return false;
    throw error;
  }
};

interface Group {
  readonly parameterSet: MlKemSet;
}

describe.skipIf(vectorsAbsent)('vectors of ML-KEM', () => {
  it.each([
    ['mlkem_512', 193],
    ['mlkem_768', 193],
  ] as const)('Wycheproof %s: a JWE with its ciphertext opens under its secret alone', async (file, ran) => {
    const tally = new Tally();
    for (const group of wycheproof<Group, Readonly<Record<'seed' | 'ek' | 'c' | 'K', string>>>(file))
      for (const test of group.tests) {
        const set = group.parameterSet;
        // What is wrong with some cases is the length of the seed.
        const seed = bytes(test.seed);
        const known = seed.length === 64 ? knownKey(set, 'encrypt', { secret: mlKemKeyOfSeed(set, seed) }) : null;
        const plaintext = randomBytes(20);
        const secret = test.K === '' ? randomBytes(32) : bytes(test.K);
        const opened = known !== null && (await opens(known, jweOf(set, bytes(test.c), secret, plaintext), plaintext));
        tally.judge(test, opened);
        if (!opened) continue;
        const other = jweOf(set, bytes(test.c), randomBytes(32), plaintext);
        expect([test.tcId, await opens(known, other, plaintext)]).toEqual([test.tcId, false]);
        const spki = createPublicKey(known.secret).export({ format: 'der', type: 'spki' });
        expect(spki.subarray(-bytes(test.ek).length)).toEqual(bytes(test.ek));
      }
    process.stdout.write(`${file}: ${tally.ran} cases\n`);
    expect(tally).toMatchObject({ ran, expectedRefused: 0, wrong: [] });
  });

  it('Wycheproof mlkem_768_encaps: public keys with a coefficient over the modulus or of another length are refused', () => {
    const tally = new Tally();
    for (const { parameterSet, tests } of wycheproof<Group, { readonly ek: string }>('mlkem_768_encaps'))
      for (const test of tests) {
        const jwk = { kty: 'AKP', alg: parameterSet, pub: bytes(test.ek).toString('base64url') } as const;
        let accepted = true;
        try {
          readPublicKey({ jwk }, { algorithm: parameterSet, purpose: 'encrypt' });
        } catch (error) {
          accepted = !(error instanceof AnkaError && error.code === 'request-invalid');
        }
        tally.judge(test, accepted);
      }
    process.stdout.write(
      `mlkem_768_encaps: ${tally.ran} cases; their secrets are not compared, as node encapsulates at random\n`,
    );
    expect(tally).toMatchObject({ ran: 265, wrong: [] });
  });
});
