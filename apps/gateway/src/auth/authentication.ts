import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { AnkaError } from '@ankasecure/contracts';
import { asAnkaError, BoundedMap, Clock, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { isHeldBy } from './bound-token.js';
import { IdentityConfig } from './identity.config.js';
import type { Principal } from './principal.js';
import { isUnavailable, TokenVerifier, type VerifiedToken } from './token-verifier.js';

interface RememberedToken {
  /** The principal as read from the token. */
  readonly read: Principal;
  /** The same principal, with functions to check it again. */
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Set if the entry is valid in this epoch of identities only. */
  readonly epoch: number | undefined;
  /** Set if the entry is valid on connections with this client certificate only. */
  readonly binding: string | undefined;
}

/** The number of remembered tokens. */
const capacity = 20_000;

/** One message covers every reason, so an answer tells an attacker nothing. */
const refusal = 'Send an access token of a trusted issuer as Authorization: Bearer';

/**
 * Turns an Authorization header and its connection into a principal. Verified tokens are remembered by their SHA-256, never the
 * token itself, at most until they expire. Their signature is therefore not checked at every request.
 */
@Injectable()
export class Authentication {
  private readonly remembered = new BoundedMap<string, RememberedToken>(capacity);

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly config: IdentityConfig,
    private readonly epochs: IdentityEpoch,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** The principal of a token that was verified before, or undefined if the token must be verified. */
  recall(authorization: string | undefined, connection: Socket): Principal | undefined {
    const entry = authorization === undefined ? undefined : this.known(authorization);
    return entry !== undefined && isHeldBy(connection, entry.binding, this.clock.now()) ? entry.principal : undefined;
  }

  /** @throws AnkaError `authentication-required`, always the same; `service-unavailable` when the issuer's keys are unavailable; `clock-skew` */
  async authenticate(authorization: string | undefined, connection: Socket, correlationId: string): Promise<Principal> {
    const { principal, binding } = await this.look(authorization, correlationId);
    if (isHeldBy(connection, binding, this.clock.now())) return principal;
    throw this.refuse(correlationId, 'the token is bound to a certificate that the connection does not use');
  }

  private known(authorization: string): RememberedToken | undefined {
    const key = hash('sha256', authorization, 'base64url');
    const entry = this.remembered.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > this.clock.now() && this.stands(entry.epoch)) return entry;
    this.remembered.delete(key);
    return undefined;
  }

  private async look(
    authorization: string | undefined,
    correlationId: string,
    at = new Date(this.clock.now()),
  ): Promise<RememberedToken> {
    const token = bearer(authorization);
    if (authorization === undefined || token === undefined) throw new AnkaError('authentication-required', refusal);
    this.clock.assertAgrees();
    try {
      const verified = await this.verifier.verify(token, at);
      const entry = {
        read: verified.principal,
        principal: this.confirmable(verified, authorization, correlationId),
        until: Math.min(verified.expiresAt, this.clock.now() + this.config.tokenCacheSeconds * 1000),
        epoch: verified.epoch,
        binding: verified.binding,
      };
      this.remembered.set(hash('sha256', authorization, 'base64url'), entry);
      return entry;
    } catch (error) {
      const known = asAnkaError(error);
      if (isUnavailable(known)) throw known;
      throw this.refuse(correlationId, (error as Error).message);
    }
  }

  private refuse(correlationId: string, reason: string): AnkaError {
    this.log.info({ correlationId, reason }, 'token refused');
    return new AnkaError('authentication-required', refusal);
  }

  /** The principal, with functions to confirm it before, during and after its work, if its identity can change. */
  private confirmable({ principal, epoch }: VerifiedToken, authorization: string, correlationId: string): Principal {
    if (epoch === undefined) return principal;
    const letInAt = new Date(this.clock.now());
    const again = async (at?: Date) => this.known(authorization) ?? (await this.look(authorization, correlationId, at));
    const confirm = () => (this.stands(epoch) ? undefined : again().then((now) => now.principal));
    // A change does not exclude an expired token, so no change waits for its work.
    const stillIn = async () => {
      const now = await again(letInAt);
      return isDeepStrictEqual(now.read, principal) ? now.epoch : undefined;
    };
    return { ...principal, epoch, confirm, during: (work) => this.epochs.during(epoch, stillIn, work) };
  }

  private stands(epoch: number | undefined): boolean {
    return epoch === undefined || this.epochs.isCurrent(epoch);
  }
}

const bearer = (authorization: string | undefined): string | undefined =>
  /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
