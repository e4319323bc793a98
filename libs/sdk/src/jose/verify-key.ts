import { errors, importJWK, type JWTVerifyGetKey } from 'jose';
import type { KeySets } from '../local/key-sets.js';

/** One algorithm has two names: RFC 9864 calls Ed25519 what RFC 8037 calls EdDSA. */
const nameOf = (alg: string | undefined): string | undefined => (alg === 'EdDSA' ? 'Ed25519' : alg);

/**
 * The key for `jwtVerify` and the other verifying functions of `jose`: the one that the token's kid names in the tenant's set.
 * A token with another algorithm than the key's own has no key. The set is cached, and asked for again when a kid is not in it.
 * @param slug the slug of the tenant that signed
 */
export const verifyKey =
  ({ keySets }: { readonly keySets: KeySets }, slug: string): JWTVerifyGetKey =>
  async ({ kid, alg }) => {
    const jwk = kid === undefined ? undefined : await keySets.find(slug, kid);
    if (jwk === undefined || (jwk.alg !== undefined && nameOf(jwk.alg) !== nameOf(alg)))
      throw new errors.JWKSNoMatchingKey();
    return importJWK(jwk, alg);
  };
