import { errors, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { KeySets } from '../local/key-sets.js';
import { verifyKey } from './verify-key.js';

/** What `jwtVerify` says of a token by `alg`, if the tenant publishes the key for `own`. */
const verified = async (alg: string, own: string | undefined) => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'k', ...(own !== undefined && { alg: own }) };
  const keySets = { find: async () => jwk } as unknown as KeySets;
  const token = await new SignJWT({ sub: 'alice' }).setProtectedHeader({ alg, kid: 'k' }).sign(privateKey);
  return (await jwtVerify(token, verifyKey({ keySets }, 'acme'))).payload;
};

const rsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

type Pair = readonly [alg: string, own: string | undefined];
const fitting: readonly Pair[] = [
  ...rsa.map((alg): Pair => [alg, alg]),
  ['EdDSA', 'Ed25519'],
  ['Ed25519', 'EdDSA'],
  ['ES256', undefined],
];
const others = rsa.flatMap((alg) => rsa.filter((own) => own !== alg).map((own): Pair => [alg, own]));

describe('a key', () => {
  it.each(fitting)('verifies a token by %s if it is for %s', async (alg, own) => {
    expect(await verified(alg, own)).toEqual({ sub: 'alice' });
  });

  it.each(others)('verifies no token by %s if it is for %s', async (alg, own) => {
    await expect(verified(alg, own)).rejects.toThrow(errors.JWKSNoMatchingKey);
  });
});
