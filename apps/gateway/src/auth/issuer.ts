import type { JWTHeaderParameters, JWTPayload, JWTVerifyGetKey } from 'jose';
import type { AudienceClaim, OptionalClaim } from './claim.js';
import type { Principal } from './principal.js';

/** The principal that a token's claims describe. */
export interface TokenPrincipal {
  readonly principal: Principal;
  /** Set if the principal was looked up and is valid in this epoch of identities only. */
  readonly epoch?: number;
}

/** An issuer of tokens, and the rules for its tokens. */
export interface Issuer {
  /** The value of `iss`, compared character by character. */
  readonly issuer: string;
  readonly audience: string;
  /** The claim that must contain the audience. */
  readonly audienceClaim: AudienceClaim;
  readonly algorithms: readonly string[];
  readonly keys: JWTVerifyGetKey;
  /** The claims that its tokens must have, besides those of every token. */
  readonly required: readonly OptionalClaim[];
  /** Set for the gateway itself, which limits the life of its tokens as it issues them. */
  readonly isOwn?: true;
  /** Reads the principal after the signature and the times are verified. @throws Error whose message is only for the log */
  read(payload: JWTPayload, header: JWTHeaderParameters): TokenPrincipal | Promise<TokenPrincipal>;
}

/** A source of issuers. The claims are not verified yet. */
export interface IssuerSource {
  find(claims: JWTPayload): Issuer | undefined | Promise<Issuer | undefined>;
}

/** Every source of issuers, in the order in which they are asked. The first that knows an issuer decides. */
export abstract class IssuerSources {
  abstract readonly sources: readonly IssuerSource[];
}
