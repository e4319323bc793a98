import { createLocalJWKSet, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import { assertPlainHeader } from '../auth/token-header.js';
import { isValid, validKeys } from '../service-account/credential.js';
import type { ServiceAccount } from '../service-account/service-account.contract.js';

/** The longest lifetime of an assertion from now, in seconds. */
const longest = 300;

const types = [undefined, 'jwt', 'client-authentication+jwt'];

export interface Assertion {
  readonly jti: string;
  /** The end of the key that signed it, if it has one. */
  readonly keyExpiresAt: string | undefined;
  /** Seconds since the epoch. After this time plus the tolerance, nobody accepts the assertion. */
  readonly expiresAt: number;
}

export interface AssertionCheck {
  readonly audiences: readonly string[];
  /** Seconds. */
  readonly clockTolerance: number;
  /** The time at which the assertion must be valid, in milliseconds since the epoch. */
  readonly at: number;
}

/** A client's proof of its identity (RFC 7523 §3), signed with one of its account's keys. */
export const verifyAssertion = async (
  assertion: string,
  account: ServiceAccount,
  { audiences, clockTolerance, at }: AssertionCheck,
): Promise<Assertion> => {
  assertPlainHeader(assertion, types);
  const usable = validKeys(account, at);
  const { payload, protectedHeader } = await jwtVerify(assertion, createLocalJWKSet({ keys: usable }), {
    issuer: account.clientId,
    subject: account.clientId,
    algorithms: [...new Set(usable.map(({ alg }) => String(alg)))],
    requiredClaims: ['exp', 'jti', 'aud'],
    clockTolerance,
    currentDate: new Date(at),
  });
  assertAudience(payload, audiences);
  const expiresAt = Number(payload.exp);
  if (expiresAt > at / 1000 + longest + clockTolerance) throw new Error(`exp is more than ${longest} seconds away`);
  const { jti } = payload;
  if (typeof jti !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(jti)) throw new Error('jti is not acceptable');
  return { jti, keyExpiresAt: endOfKey(account, protectedHeader, at), expiresAt: expiresAt + clockTolerance };
};

/** The only accepted audience. The receiver of an assertion that is also valid elsewhere could use it here. */
const assertAudience = ({ aud }: JWTPayload, audiences: readonly string[]): void => {
  const named = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (typeof named !== 'string' || !audiences.includes(named)) throw new Error('aud is not this token endpoint');
};

/** The end of the key that verified the assertion. Without a kid, it is the only valid key of its algorithm. */
const endOfKey = ({ keys }: ServiceAccount, { kid, alg }: JWTHeaderParameters, at: number): string | undefined => {
  const isMeant = (key: ServiceAccount['keys'][number]): boolean =>
    kid === undefined ? key['alg'] === alg && isValid({ expiresAt: key['expiresAt'] }, at) : key['kid'] === kid;
  return keys.find(isMeant)?.['expiresAt'];
};
