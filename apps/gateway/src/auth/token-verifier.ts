import { AnkaError } from '@ankasecure/contracts';
import { Clock } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyResult,
  jwtVerify,
  type ResolvedKey,
} from 'jose';
import { TurnedAway } from '../identity/turned-away.js';
import { bindingOf } from './bound-token.js';
import type { AudienceClaim } from './claim.js';
import { IdentityConfig } from './identity.config.js';
import { type Issuer, IssuerSources, type TokenPrincipal } from './issuer.js';
import { assertPlainHeader } from './token-header.js';

export interface VerifiedToken extends TokenPrincipal {
  /** The token's `exp`, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The thumbprint of the client certificate that the token is bound to. */
  readonly binding: string | undefined;
}

/** Media types, with or without the part that may be omitted (RFC 7515 §4.1.9). */
const types = [undefined, 'jwt', 'application/jwt', 'at+jwt', 'application/at+jwt'];

/** Verifies access tokens (RFC 7519, RFC 8725, RFC 9068) of known issuers. */
@Injectable()
export class TokenVerifier {
  constructor(
    private readonly known: IssuerSources,
    private readonly config: IdentityConfig,
    /** The time by which tokens are judged. */
    readonly clock: Clock,
  ) {}

  /**
   * @param at the time at which the token must be valid. Its issuer's keys are those of the present
   * @throws AnkaError `service-unavailable` when the issuer or its keys are unavailable
   * @throws TurnedAway for a token whose signature is its issuer's; Error of any kind for any other invalid token. The message
   * is only for the log
   */
  async verify(token: string, at: Date): Promise<VerifiedToken> {
    assertPlainHeader(token, types);
    const issuer = await this.issuerOf(decodeJwt(token));
    const { payload, protectedHeader } = await this.verified(token, issuer, at);
    const read = await issuer.read(payload, protectedHeader);
    try {
      if (issuer.isOwn !== true) assertShortLived(payload, this.config.maxTokenLifeSeconds, at);
      return { ...read, expiresAt: Number(payload.exp) * 1000, binding: bindingOf(payload) };
    } catch (error) {
      throw new TurnedAway(read.principal, (error as Error).message);
    }
  }

  private async verified(token: string, issuer: Issuer, at: Date): Promise<JWTVerifyResult & ResolvedKey> {
    try {
      const { audience, audienceClaim } = issuer;
      const result = await jwtVerify(token, issuer.keys, {
        issuer: issuer.issuer,
        ...(audienceClaim === 'aud' && { audience }),
        algorithms: [...issuer.algorithms],
        requiredClaims: ['exp', 'sub', ...issuer.required],
        clockTolerance: this.config.clockToleranceSeconds,
        currentDate: at,
      });
      if (audienceClaim !== 'aud') assertFor(audience, audienceClaim, result.payload);
      return result;
    } catch (error) {
      throw (await turnedAway(token, issuer, error)) ?? error;
    }
  }

  private async issuerOf(claims: JWTPayload): Promise<Issuer> {
    for (const source of this.known.sources) {
      const issuer = await source.find(claims);
      if (issuer !== undefined) return issuer;
    }
    throw new Error(unknownIssuer);
  }
}

/** A tenant's own issuer is looked up in the tenant that the token names, so both can be missing. */
const unknownIssuer =
  'no issuer of the configuration has the name in the claim iss, and the token’s tenant claim names no tenant with such an issuer';

/** @throws JWTClaimValidationFailed if the claim is another audience, or absent */
const assertFor = (audience: string, claim: AudienceClaim, payload: JWTPayload): void => {
  if (payload[claim] === audience) return;
  throw new errors.JWTClaimValidationFailed(`unexpected "${claim}" claim value`, payload, claim, 'check_failed');
};

/** Names the caller of a token that fails by its claims alone. jose compares claims after the signature. */
const turnedAway = async (token: string, issuer: Issuer, error: unknown): Promise<TurnedAway | undefined> => {
  if (!(error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)) return undefined;
  const { payload, message } = error;
  try {
    const { principal } = await issuer.read(payload, decodeProtectedHeader(token) as JWTHeaderParameters);
    return new TurnedAway(principal, message);
  } catch (unreadable) {
    return unreadable instanceof TurnedAway ? unreadable : undefined;
  }
};

/**
 * Refuses a token that its issuer made valid for too long. Its life begins when it was issued, at the latest now.
 * @param most in seconds
 */
const assertShortLived = ({ iat, nbf, exp }: JWTPayload, most: number, at: Date): void => {
  if (iat === undefined && nbf === undefined) throw new Error('the token has neither iat nor nbf');
  const from = Math.min(Number(iat ?? nbf), Math.floor(at.getTime() / 1000));
  if (!(Number(exp) - from <= most)) throw new Error(`the token is valid for more than ${most} seconds`);
};

export const isUnavailable = (error: unknown): error is AnkaError =>
  error instanceof AnkaError && error.code === 'service-unavailable';
