import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { assertPlainHeader } from '../auth/token-header.js';
import type { ServiceAccount } from '../service-account/service-account.contract.js';

/** The longest lifetime of an assertion from now, in seconds. */
const longest = 300;

const types = [undefined, 'jwt', 'client-authentication+jwt'];

export interface Assertion {
  readonly jti: string;
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
  const keys = createLocalJWKSet({ keys: account.keys });
  const { payload } = await jwtVerify(assertion, keys, {
    issuer: account.clientId,
    subject: account.clientId,
    algorithms: [...new Set(account.keys.map(({ alg }) => String(alg)))],
    requiredClaims: ['exp', 'jti', 'aud'],
    clockTolerance,
    currentDate: new Date(at),
  });
  assertAudience(payload, audiences);
  const expiresAt = Number(payload.exp);
  if (expiresAt > at / 1000 + longest + clockTolerance) throw new Error('the assertion is valid for too long');
  const { jti } = payload;
  if (typeof jti !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(jti)) throw new Error('jti is not acceptable');
  return { jti, expiresAt: expiresAt + clockTolerance };
};

/** The only accepted audience. The receiver of an assertion that is also valid elsewhere could use it here. */
const assertAudience = ({ aud }: JWTPayload, audiences: readonly string[]): void => {
  const named = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (typeof named !== 'string' || !audiences.includes(named)) throw new Error('aud is not this token endpoint');
};
