import type { JWTHeaderParameters, JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Principal } from './principal.js';

/** The principal that a token's claims describe. */
export interface Read {
  readonly principal: Principal;
  /** Set where that was looked up, and holds only in that epoch of identities. */
  readonly epoch?: number;
}

/** One who gives out tokens, and what is to be believed of them. */
export interface Issuer {
  /** The value of `iss`, compared character by character. */
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly keys: JWTVerifyGetKey;
  /** After the signature and the times have been verified. @throws Error whose message is for our log only */
  read(payload: JWTPayload, header: JWTHeaderParameters): Read | Promise<Read>;
}

/** Where issuers are known. The claims are not verified yet. */
export interface IssuerSource {
  find(claims: JWTPayload): Issuer | undefined | Promise<Issuer | undefined>;
}

/** Every source of issuers. They are asked in turn: an issuer that an earlier source knows belongs to no later one. */
export abstract class IssuerSources {
  abstract readonly sources: readonly IssuerSource[];
}
