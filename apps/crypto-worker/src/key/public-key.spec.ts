import { createPublicKey, randomUUID } from 'node:crypto';
import { type AlgorithmName, algorithmNames, algorithmOf, type Purpose } from '@ankasecure/algorithm';
import { publicKey as schema } from '@ankasecure/contracts';
import { calculateJwkThumbprint, importJWK, importSPKI } from 'jose';
import { describe, expect, it } from 'vitest';
import { knownKey } from '../jose/testing/known-key.js';
import { publicKeyOf } from './public-key.js';

const rows = algorithmNames.flatMap((name) =>
  (Object.keys(algorithmOf(name).purposes) as Purpose[]).map((purpose) => [name, purpose] as const),
);
const isSecret = (name: AlgorithmName): boolean => ['aes', 'hmac'].includes(algorithmOf(name).kind);

/** The members besides kid, use and alg. */
const akp = ['kty', 'pub'] as const;
const shapes = {
  rsa: ['e', 'kty', 'n'],
  ec: ['crv', 'kty', 'x', 'y'],
  ed: ['crv', 'kty', 'x'],
  'ml-dsa': akp,
  'slh-dsa': akp,
  'ml-kem': akp,
} as const;

/** Node names the parameter set in `alg`, and jose knows those of ML-DSA alone. The alg of an ML-KEM key is that of its JWEs. */
const asNodeNamesIt = (name: AlgorithmName) => {
  const { parameterSet } = algorithmOf(name);
  return parameterSet === undefined ? {} : { alg: parameterSet };
};
const isKnownToJose = (name: AlgorithmName): boolean => !['slh-dsa', 'ml-kem'].includes(algorithmOf(name).kind);

describe.each(rows.filter(([name]) => !isSecret(name)))('the public key of %s for %s', (name, purpose) => {
  const { key } = knownKey(name, purpose);
  const shown = publicKeyOf(key);

  it('is a JWK and a PEM of the same key, which other libraries can read', async () => {
    if (shown === null) throw new Error('an asymmetric key has a public half');
    expect(schema.parse(shown)).toEqual(shown);
    const { jwk, pem } = shown;
    expect(key.publicKey?.equals(createPublicKey(pem))).toBe(true);
    expect(key.publicKey?.equals(createPublicKey({ key: { ...jwk, ...asNodeNamesIt(name) }, format: 'jwk' }))).toBe(
      true,
    );
    const alg = key.algs[0] ?? '';
    if (!isKnownToJose(name)) return;
    await importJWK(jwk, alg);
    await importSPKI(pem, alg);
    expect(await calculateJwkThumbprint(jwk)).toHaveLength(43);
  });

  it('states the key, its use, and the algorithm unless it has several', () => {
    const kind = algorithmOf(name).kind as keyof typeof shapes;
    const { kid, use, alg, ...rest } = shown?.jwk ?? {};
    expect(Object.keys(rest).sort()).toEqual(shapes[kind]);
    expect({ kid, use }).toEqual({ kid: `${key.keyId}.1`, use: purpose === 'sign' ? 'sig' : 'enc' });
    expect(alg).toBe(key.algs.length === 1 ? key.algs[0] : undefined);
  });
});

describe('a public key', () => {
  it('that is pinned to one algorithm states it', () => {
    expect(publicKeyOf(knownKey('RSA-2048', 'sign', { alg: 'PS256' }).key)?.jwk['alg']).toBe('PS256');
    expect(publicKeyOf(knownKey('Ed25519', 'sign', { alg: 'Ed25519' }).key)?.jwk['alg']).toBe('Ed25519');
  });

  it('does not exist for a secret key', () => {
    for (const [name, purpose] of rows.filter(([candidate]) => isSecret(candidate))) {
      expect(
        publicKeyOf({
          keyId: randomUUID(),
          version: 1,
          purpose,
          algs: [],
          publicKey: knownKey(name, purpose).key.publicKey,
        }),
      ).toBeNull();
    }
  });
});
