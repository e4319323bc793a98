import { createHash, createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type AlgorithmName, hashBytes, type JwsAlg, type Purpose, signatureSchemes } from '@ankasecure/algorithm';
import type { VerifyItem } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { type KnownKey, knownKey, soon } from '../jose/testing/known-key.js';
import { bytes, rfc7520, Tally, vectorsAbsent, wycheproof } from '../jose/testing/vector.js';
import { verifyItem } from './verify.js';

const verifies = async ({ key, custody }: KnownKey, item: Omit<VerifyItem, 'encoding'>): Promise<boolean> =>
  (await verifyItem(custody, soon, key, { keyId: key.keyId, encoding: 'base64url', ...item })).valid;

interface Group {
  readonly publicKeyDer: string;
}
interface Case {
  readonly msg: string;
  readonly sig: string;
}

const publicKey = (der: string): KeyObject => createPublicKey({ key: bytes(der), format: 'der', type: 'spki' });
const encoded = (hex: string): string => bytes(hex).toString('base64url');

/** Runs a file through raw verification by payload and, where the algorithm takes one, by digest. */
const runFile = async (
  file: string,
  algorithm: AlgorithmName,
  alg: JwsAlg,
  refusedBy: string | null,
): Promise<Tally> => {
  const tally = new Tally();
  const { hash } = signatureSchemes[alg];
  for (const group of wycheproof<Group, Case>(file)) {
    const known = knownKey(algorithm, 'sign', { secret: publicKey(group.publicKeyDer) });
    for (const test of group.tests) {
      const signature = encoded(test.sig);
      const accepted = await verifies(known, { signature, payload: encoded(test.msg), alg });
      tally.judge(test, accepted, refusedBy);
      if (hash === null) continue;
      const digest = createHash(hash).update(bytes(test.msg)).digest('base64url');
      expect(await verifies(known, { signature, digest, alg }), `${file} ${test.tcId} by digest`).toBe(accepted);
    }
  }
  return tally;
};

const curveRows = [
  ['ecdsa_secp256r1_sha256', 'EC-P256', 'ES256', 262, 484],
  ['ecdsa_secp384r1_sha384', 'EC-P384', 'ES384', 280, 504],
  ['ecdsa_secp521r1_sha512', 'EC-P521', 'ES512', 318, 542],
] as const;

const rsaRows = (['2048', '3072', '4096'] as const).flatMap((bits) =>
  (['256', '384', '512'] as const).map(
    (hash) => [`rsa_signature_${bits}_sha${hash}`, `RSA-${bits}`, `RS${hash}`] as const,
  ),
);

const pssRows = [
  ['rsa_pss_2048_sha256_mgf1_32', 'RSA-2048', 'PS256', 108],
  ['rsa_pss_3072_sha256_mgf1_32', 'RSA-3072', 'PS256', 108],
  ['rsa_pss_4096_sha256_mgf1_32', 'RSA-4096', 'PS256', 108],
  ['rsa_pss_4096_sha384_mgf1_48', 'RSA-4096', 'PS384', 141],
  ['rsa_pss_4096_sha512_mgf1_64', 'RSA-4096', 'PS512', 179],
] as const;

describe.skipIf(vectorsAbsent)('Wycheproof, signatures', () => {
  it.each(curveRows)('%s_p1363', async (file, algorithm, alg, ran) => {
    expect(await runFile(`${file}_p1363`, algorithm, alg, null)).toMatchObject({ ran, expectedRefused: 0, wrong: [] });
  });

  it.each(curveRows)('%s, which is DER and not r‖s', async (file, algorithm, alg, _p1363, ran) => {
    const refused = await runFile(file, algorithm, alg, 'it is DER');
    expect(refused).toMatchObject({ ran, expectedRefused: ran, wrong: [] });
  });

  it.each(rsaRows)('%s', async (file, algorithm, alg) => {
    const tally = await runFile(file, algorithm, alg, null);
    expect(tally.wrong).toEqual([]);
    expect(tally.ran).toBeGreaterThan(250);
  });

  it.each(pssRows)('%s', async (file, algorithm, alg, ran) => {
    expect(await runFile(file, algorithm, alg, null)).toMatchObject({ ran, wrong: [] });
  });

  it.each(['EdDSA', 'Ed25519'] as const)('ed25519 as %s', async (alg) => {
    expect(await runFile('ed25519', 'Ed25519', alg, null)).toMatchObject({ ran: 151, wrong: [] });
  });

  it.each([
    ['hmac_sha256', 'HMAC-SHA256', 'HS256', 'sha256'],
    ['hmac_sha384', 'HMAC-SHA384', 'HS384', 'sha384'],
    ['hmac_sha512', 'HMAC-SHA512', 'HS512', 'sha512'],
  ] as const)('%s', async (file, algorithm, alg, hash) => {
    const tally = new Tally();
    interface MacGroup {
      readonly tagSize: number;
    }
    for (const group of wycheproof<MacGroup, Readonly<Record<'key' | 'msg' | 'tag', string>>>(file)) {
      const refusedBy = group.tagSize === 8 * hashBytes[hash] ? null : 'its tag is truncated';
      for (const test of group.tests) {
        const known = knownKey(algorithm, 'mac', { secret: createSecretKey(bytes(test.key)) });
        const accepted = await verifies(known, { signature: encoded(test.tag), payload: encoded(test.msg), alg });
        tally.judge(test, accepted, refusedBy);
      }
    }
    expect(tally).toMatchObject({ ran: 174, expectedRefused: 87, wrong: [] });
  });
});

interface Example {
  readonly input: { readonly payload: string; readonly key: JsonWebKey; readonly alg: JwsAlg };
  readonly output: { readonly compact: string };
}

const keyOf = (jwk: JsonWebKey): KeyObject =>
  jwk.kty === 'oct' ? createSecretKey(String(jwk.k), 'base64url') : createPublicKey({ key: jwk, format: 'jwk' });

describe.skipIf(vectorsAbsent)('RFC 7520, JWS', () => {
  const examples = [
    ['jws/4_1.rsa_v15_signature', 'RSA-2048', 'sign'],
    ['jws/4_2.rsa-pss_signature', 'RSA-2048', 'sign'],
    ['jws/4_3.ecdsa_signature', 'EC-P521', 'sign'],
    ['jws/4_4.hmac-sha2_integrity_protection', 'HMAC-SHA256', 'mac'],
    ['jws/4_5.signature_with_detached_content', 'HMAC-SHA256', 'mac'],
    ['curve25519/jws', 'Ed25519', 'sign'],
  ] as const satisfies readonly (readonly [string, AlgorithmName, Purpose])[];

  it.each(examples)('%s', async (name, algorithm, purpose) => {
    const { input, output } = rfc7520<Example>(name);
    const known = knownKey(algorithm, purpose, { secret: keyOf(input.key) });
    const payload = Buffer.from(input.payload).toString('base64url');
    const [header, , signature] = output.compact.split('.');
    if (!name.includes('detached')) expect(await verifies(known, { jws: output.compact })).toBe(true);
    expect(await verifies(known, { jws: `${header}..${signature}`, payload })).toBe(true);
    expect(await verifies(known, { jws: `${header}.AAAA.${signature}` })).toBe(false);
  });
});
