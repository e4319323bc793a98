import type { TokenClaims, TokenKey } from '@ankasecure/contracts';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import type { Role } from '../auth/role.js';

/** An identity provider for tests, with one ES256 key and tokens with any of their parts replaced. */
export interface TokenMaker {
  readonly issuer: string;
  readonly publicJwk: JWK;
  token(claims?: Record<string, unknown>, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export const audience = 'ankasecure-test';
export const tenantA = '01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55';
export const tenantB = '01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e66';

/** A tenant on a partition that no worker serves. */
export const tenantElsewhere = '01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e77';

export const seconds = (fromNow = 0): number => Math.floor(Date.now() / 1000) + fromNow;

export const asTenant = (tenant: string, ...roles: readonly Role[]) => ({ tenant, roles });

/** Signs like the crypto-worker in the HSM: one key per tenant, with the tenant's name. */
export const makeTokenSigner = async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { x = '', y = '' } = await exportJWK(publicKey);
  return async (claims: TokenClaims): Promise<{ token: string; key: TokenKey }> => {
    const kid = `${claims.tenant}.1`;
    const header = { alg: 'ES256', typ: 'at+jwt', kid };
    const token = await new SignJWT({ ...claims }).setProtectedHeader(header).sign(privateKey);
    return { token, key: { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' } };
  };
};

/** Claims whose value is undefined are left out. */
export const makeIssuer = async (issuer: string): Promise<TokenMaker> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: `${issuer}#1`, alg: 'ES256', use: 'sig' };
  return {
    issuer,
    publicJwk,
    token: (claims = {}, header = {}) =>
      new SignJWT({
        iss: issuer,
        aud: audience,
        sub: 'alice',
        nbf: seconds(-1),
        exp: seconds(600),
        ...asTenant(tenantA, 'user'),
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid: publicJwk.kid, ...header })
        .sign(privateKey),
  };
};
