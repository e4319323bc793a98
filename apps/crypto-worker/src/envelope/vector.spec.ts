import {
  createCipheriv,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { ContentAlg } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { type Crv, curves } from '../jose/curve.js';
import { failureOf } from '../jose/testing/failure.js';
import { type KnownKey, knownKey, soon } from '../jose/testing/known-key.js';
import { bytes, rfc7520, Tally, vectorsAbsent, wycheproof } from '../jose/testing/vector.js';
import { openContent, sealContent } from './content.js';
import { openJwe, readJwe } from './decrypt.js';
import { unwrapKey, wrapKey } from './key-wrap.js';

const text = Buffer.from('what the vectors protect');

/** Assembles a JWE by hand: `encryptedKey` is the vector's, and the content is sealed under the key it should hold. */
const jweOf = (header: object, encryptedKey: Uint8Array, cek: Uint8Array): string => {
  const segment = Buffer.from(JSON.stringify({ enc: 'A256GCM', ...header })).toString('base64url');
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', cek, iv).setAAD(Buffer.from(segment));
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
  const rest = [encryptedKey, iv, ciphertext, cipher.getAuthTag()].map((part) =>
    Buffer.from(part).toString('base64url'),
  );
  return [segment, ...rest].join('.');
};

/** True if the JWE opens to the text, false if it is refused. Anything else fails the test. */
const opens = async ({ key, custody }: KnownKey, jwe: string): Promise<boolean> => {
  try {
    const value = await openJwe(custody, soon, key, readJwe(jwe), undefined);
    return Buffer.from(value.plaintext).equals(text);
  } catch (error) {
    if (error instanceof AnkaError && ['decryption-failed', 'jwe-invalid'].includes(error.code)) return false;
    throw error;
  }
};

const contentKey = (secret: Uint8Array): Uint8Array => (secret.length === 32 ? secret : randomBytes(32));

describe.skipIf(vectorsAbsent)('Wycheproof, JWE parts', () => {
  it('RSA-OAEP-256: decryption through a JWE', async () => {
    const tally = new Tally();
    interface Case {
      readonly ct: string;
      readonly label: string;
      readonly msg: string;
    }
    for (const group of wycheproof<{ readonly privateKeyPem: string }, Case>('rsa_oaep_2048_sha256_mgf1sha256')) {
      const known = knownKey('RSA-2048', 'encrypt', { secret: createPrivateKey(group.privateKeyPem) });
      for (const test of group.tests) {
        const message = bytes(test.msg);
        const labelled = test.label === '' ? null : 'it has a label';
        const refusedBy =
          labelled ?? (test.result === 'valid' && message.length !== 32 ? 'it is no A256GCM key' : null);
        const jwe = jweOf({ alg: 'RSA-OAEP-256' }, bytes(test.ct), contentKey(message));
        tally.judge(test, await opens(known, jwe), refusedBy);
      }
    }
    expect(tally).toMatchObject({ ran: 37, expectedRefused: 17, wrong: [] });
  });

  interface WrapCase {
    readonly key: string;
    readonly msg: string;
    readonly ct: string;
  }
  const wrapGroups = () => wycheproof<{ readonly keySize: number }, WrapCase>('aes_wrap');

  it('AES key wrap: A128KW and A256KW through a JWE', async () => {
    const tally = new Tally();
    for (const { keySize, tests } of wrapGroups()) {
      const alg = keySize === 128 ? 'A128KW' : 'A256KW';
      for (const test of tests) {
        const message = bytes(test.msg);
        if (keySize === 192) {
          tally.judge(test, false, 'there is no 192-bit key');
          continue;
        }
        const secret = createSecretKey(bytes(test.key));
        const known = knownKey(keySize === 128 ? 'AES-128' : 'AES-256', 'encrypt', { alg, secret });
        const refusedBy = test.result === 'invalid' || message.length === 32 ? null : 'it is no A256GCM key';
        tally.judge(test, await opens(known, jweOf({ alg }, bytes(test.ct), contentKey(message))), refusedBy);
      }
    }
    expect(tally).toMatchObject({ ran: 165, wrong: [] });
    expect(tally.expectedRefused).toBeGreaterThan(0);
  });

  it('AES key wrap: keys wrapped under an agreed key', () => {
    const tally = new Tally();
    for (const { keySize, tests } of wrapGroups()) {
      if (keySize !== 256) continue;
      for (const test of tests) {
        const unwrapped = unwrapKey(bytes(test.key), bytes(test.ct));
        tally.judge(
          test,
          unwrapped?.equals(bytes(test.msg)) ?? false,
          test.ct.length < 48 ? 'it is shorter than 24 bytes' : null,
        );
        if (test.result === 'valid') expect(wrapKey(bytes(test.key), bytes(test.msg)).toString('hex')).toBe(test.ct);
      }
    }
    expect(tally.wrong).toEqual([]);
    expect(tally.ran).toBeGreaterThan(50);
    expect(tally.expectedRefused).toBeGreaterThan(0);
  });

  it('AES-GCM: content', () => {
    const tally = new Tally();
    interface Group {
      readonly ivSize: number;
      readonly keySize: number;
      readonly tagSize: number;
    }
    type Case = Readonly<Record<'key' | 'iv' | 'aad' | 'msg' | 'ct' | 'tag', string>>;
    for (const group of wycheproof<Group, Case>('aes_gcm')) {
      for (const test of group.tests) {
        if (group.ivSize !== 96 || group.tagSize !== 128) {
          tally.judge(test, false, 'the IV of a JWE has 96 bits');
          continue;
        }
        const enc = `A${group.keySize}GCM` as ContentAlg;
        const sealed = { iv: bytes(test.iv), ciphertext: bytes(test.ct), tag: bytes(test.tag) };
        const opened = openContent(enc, bytes(test.key), sealed, bytes(test.aad));
        tally.judge(test, opened !== null && Buffer.from(opened).toString('hex') === test.msg);
        if (test.result !== 'valid') continue;
        const again = sealContent(enc, bytes(test.key), sealed.iv, bytes(test.aad), bytes(test.msg));
        expect(Buffer.from(again.ciphertext).toString('hex') + Buffer.from(again.tag).toString('hex')).toBe(
          test.ct + test.tag,
        );
      }
    }
    expect(tally).toMatchObject({ ran: 316, expectedRefused: 119, wrong: [] });
  });
});

/** The Concat KDF of RFC 7518 §4.6.2, written independently of ours. */
const agreedKey = (shared: Uint8Array): Buffer => {
  const name = Buffer.from('ECDH-ES+A256KW');
  const otherInfo = Buffer.concat([
    Buffer.of(0, 0, 0, 14),
    name,
    Buffer.alloc(4),
    Buffer.alloc(4),
    Buffer.of(0, 0, 1, 0),
  ]);
  return createHash('sha256')
    .update(Buffer.of(0, 0, 0, 1))
    .update(shared)
    .update(otherInfo)
    .digest();
};

/** The uncompressed point at the end of a SubjectPublicKeyInfo, as an `epk` on `crv`; null if there is none of that size. */
const epkOf = (spki: Buffer, crv: Crv): object | null => {
  const size = curves[crv].bytes;
  const at = spki.length - 2 * size - 1;
  if (at < 0 || spki[at] !== 4) return null;
  const coordinate = (from: number): string => spki.subarray(from, from + size).toString('base64url');
  return { kty: 'EC', crv, x: coordinate(at + 1), y: coordinate(at + 1 + size) };
};

const namedCurve = (spki: Buffer): string | undefined => {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' }).asymmetricKeyDetails?.namedCurve;
  } catch {
    return undefined;
  }
};

const privateKey = (crv: Crv, scalar: string): KeyObject => {
  const { openssl, bytes: size } = curves[crv];
  const d = Buffer.from(scalar.replace(/^(00)+(?=.)/, '').padStart(2 * size, '0'), 'hex');
  const pair = createECDH(openssl);
  pair.setPrivateKey(d);
  const point = pair.getPublicKey();
  const x = point.subarray(1, 1 + size).toString('base64url');
  const y = point.subarray(1 + size).toString('base64url');
  return createPrivateKey({ key: { kty: 'EC', crv, d: d.toString('base64url'), x, y }, format: 'jwk' });
};

describe.skipIf(vectorsAbsent)('Wycheproof, ECDH-ES+A256KW through a JWE', () => {
  it.each([
    ['P-256', 'ecdh_secp256r1', 'EC-P256'],
    ['P-384', 'ecdh_secp384r1', 'EC-P384'],
    ['P-521', 'ecdh_secp521r1', 'EC-P521'],
  ] as const)('%s', async (crv, file, algorithm) => {
    const tally = new Tally();
    let offCurve = 0;
    for (const group of wycheproof<object, Readonly<Record<'public' | 'private' | 'shared', string>>>(file)) {
      for (const test of group.tests) {
        const spki = bytes(test.public);
        const epk = epkOf(spki, crv);
        const cek = randomBytes(32);
        const encryptedKey = wrapKey(agreedKey(bytes(test.shared)), cek);
        const jwe = jweOf({ alg: 'ECDH-ES+A256KW', epk: epk ?? { kty: 'EC', crv } }, encryptedKey, cek);
        if (epk !== null && test.flags.some((flag) => flag === 'InvalidCurveAttack' || flag === 'WrongCurve')) {
          offCurve += 1;
          expect(await failureOf(() => readJwe(jwe))).toMatchObject({ code: 'jwe-invalid' });
        }
        // A JWK cannot carry compressed points, other curves, the sender's own curve parameters or bad DER.
        const isNamed = namedCurve(spki) === curves[crv].openssl && !test.flags.includes('UnnamedCurve');
        if (test.result === 'valid' || (epk !== null && isNamed)) {
          const known = knownKey(algorithm, 'encrypt', { secret: privateKey(crv, test.private) });
          tally.judge(test, await opens(known, jwe));
        } else tally.judge(test, false, 'a JWK cannot say it');
      }
    }
    expect(tally.wrong).toEqual([]);
    expect(tally.ran - tally.expectedRefused).toBeGreaterThan(300);
    expect(tally.expectedRefused).toBeGreaterThan(0);
    expect(offCurve).toBeGreaterThan(0);
  });
});

describe.skipIf(vectorsAbsent)('RFC 7520, JWE', () => {
  const compact = (name: string): string => rfc7520<{ output: { compact: string } }>(`jwe/${name}`).output.compact;

  it.each([
    ['RSA-OAEP with SHA-1', '5_2.key_encryption_using_rsa-oaep_with_aes-gcm'],
    ['ECDH-ES+A128KW', '5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm'],
    ['compressed content', '5_9.compressed_content'],
  ])('refuses %s (%s)', async (_why, name) => {
    expect(await failureOf(() => readJwe(compact(name)))).toMatchObject({ code: 'jwe-invalid' });
  });

  it('refuses A128GCM with dir, because no key has both', async () => {
    const { key, custody } = knownKey('AES-256', 'encrypt', { alg: 'dir' });
    const parts = readJwe(compact('5_6.direct_encryption_using_aes-gcm'));
    const error = await failureOf(() => openJwe(custody, soon, key, parts, undefined));
    expect(error).toMatchObject({ code: 'algorithm-mismatch' });
  });
});
