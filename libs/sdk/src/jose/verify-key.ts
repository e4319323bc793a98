import { errors, importJWK, type JWTVerifyGetKey } from 'jose';
import type { KeySets } from '../local/key-sets.js';

/**
 * The key for `jwtVerify` and the other verifying functions of `jose`: the one that the token's kid names in the tenant's set.
 * The set is cached, and asked for again when a kid is not in it.
 * @param slug the slug of the tenant that signed
 */
export const verifyKey =
  ({ keySets }: { readonly keySets: KeySets }, slug: string): JWTVerifyGetKey =>
  async ({ kid, alg }) => {
    const jwk = kid === undefined ? undefined : await keySets.find(slug, kid);
    if (jwk === undefined) throw new errors.JWKSNoMatchingKey();
    return importJWK(jwk, alg);
  };
