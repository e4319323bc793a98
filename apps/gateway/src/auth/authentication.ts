import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { AnkaError, errors, monotonicNow } from '@ankasecure/contracts';
import { asAnkaError, BoundedMap, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { type Admission, ExcludedSubjects } from '../identity/excluded-subjects.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { type Caller, TurnedAway } from '../identity/turned-away.js';
import { isHeldBy } from './bound-token.js';
import { IdentityConfig } from './identity.config.js';
import type { Principal } from './principal.js';
import { isUnavailable, TokenVerifier, type VerifiedToken } from './token-verifier.js';

interface RememberedToken {
  readonly verified: VerifiedToken;
  /** The token's principal, with functions to check it again. */
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly admission: Admission;
}

/** The number of remembered tokens. */
const capacity = 20_000;

/** One message covers every reason, so an answer tells an attacker nothing. */
const refusal = 'Send an access token of a trusted issuer as Authorization: Bearer';

/** The refusal of a token, always the same to whoever sent it. */
export class TokenRefusal extends AnkaError {
  constructor(
    /** Set if the token is genuine. */
    readonly caller?: Caller,
  ) {
    super('authentication-required', refusal);
  }
}

/**
 * Turns an Authorization header and its connection into a principal. Verified tokens are remembered by their SHA-256, never the
 * token itself, at most until they expire. Their signature is therefore not checked at every request.
 */
@Injectable()
export class Authentication {
  private readonly remembered = new BoundedMap<string, RememberedToken>(capacity);

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly excluded: ExcludedSubjects,
    private readonly config: IdentityConfig,
    private readonly epochs: IdentityEpoch,
    private readonly log: Logger,
  ) {}

  /** The principal of a token that was verified before, or undefined if the token must be verified. */
  recall(authorization: string | undefined, connection: Socket): Principal | undefined {
    const token = bearer(authorization);
    const entry = token === undefined ? undefined : this.known(keyOf(token));
    return entry !== undefined && isHeldBy(connection, entry.verified.binding, this.now())
      ? entry.principal
      : undefined;
  }

  /** @throws TokenRefusal; AnkaError `service-unavailable` when the issuer's keys are unavailable; `clock-skew` */
  async authenticate(authorization: string | undefined, connection: Socket, correlationId: string): Promise<Principal> {
    const { principal, verified } = await this.look(authorization, correlationId);
    if (isHeldBy(connection, verified.binding, this.now())) return principal;
    throw this.refuse(
      correlationId,
      new TurnedAway(principal, 'the token is bound to a certificate that the connection does not use'),
    );
  }

  private known(key: string): RememberedToken | undefined {
    const entry = this.fresh(key);
    return entry !== undefined && this.stands(entry.verified, entry.admission) ? entry : undefined;
  }

  /** A token whose signature is not checked again. Its subject may no longer be admitted. */
  private fresh(key: string): RememberedToken | undefined {
    const entry = this.remembered.get(key);
    if (entry === undefined || entry.until > this.now()) return entry;
    this.remembered.delete(key);
    return undefined;
  }

  private async look(
    authorization: string | undefined,
    correlationId: string,
    at = new Date(this.now()),
  ): Promise<RememberedToken> {
    const token = bearer(authorization);
    if (authorization === undefined || token === undefined) throw new TokenRefusal();
    this.verifier.clock.assertAgrees();
    const since = monotonicNow();
    try {
      const key = keyOf(token);
      const before = this.fresh(key);
      const verified = verifiedBefore(before) ?? (await this.verifier.verify(token, at));
      const admission = earlier(verified.epoch, await this.admit(verified.principal, since), since);
      const entry = {
        verified,
        principal: this.confirmable(verified, admission, authorization, correlationId),
        until: before?.until ?? this.keptUntil(verified),
        admission,
      };
      this.remembered.set(key, entry);
      return entry;
    } catch (error) {
      const known = asAnkaError(error);
      if (isUnavailable(known) || isOurs(error)) throw known;
      throw this.refuse(correlationId, error as Error);
    }
  }

  private admit(caller: Caller, since: number): Promise<Admission> {
    return this.excluded.admit(caller, since, this.config.repairers);
  }

  private keptUntil({ expiresAt }: VerifiedToken): number {
    return Math.min(expiresAt, this.now() + this.config.tokenCacheSeconds * 1000);
  }

  /** The time by which tokens are judged, in milliseconds since the epoch. */
  private now(): number {
    return this.verifier.clock.now();
  }

  private refuse(correlationId: string, reason: Error): TokenRefusal {
    this.log.info({ correlationId, reason: reason.message }, 'token refused');
    return new TokenRefusal(reason instanceof TurnedAway ? reason.caller : undefined);
  }

  /** The principal, with functions to confirm it before, during and after its work. Without the database there is nothing to confirm. */
  private confirmable(
    verified: VerifiedToken,
    admission: Admission,
    authorization: string,
    correlationId: string,
  ): Principal {
    const { principal } = verified;
    if (!('epoch' in admission))
      return admission.onlyRepairs === undefined ? principal : { ...principal, onlyRepairs: admission.onlyRepairs };
    const { epoch } = admission;
    const key = keyOf(bearer(authorization) ?? '');
    const letInAt = new Date(this.now());
    const again = async (at?: Date) => this.known(key) ?? (await this.look(authorization, correlationId, at));
    const confirm = () => (this.stands(verified, admission) ? undefined : again().then((now) => now.principal));
    // A change does not exclude an expired token, so no change waits for its work.
    const stillIn = async () => {
      const now = await again(letInAt);
      if (!isDeepStrictEqual(now.verified.principal, principal)) return undefined;
      return 'epoch' in now.admission ? now.admission.epoch : undefined;
    };
    return { ...principal, epoch, confirm, during: (work) => this.epochs.during(epoch, stillIn, work) };
  }

  private stands({ principal }: VerifiedToken, admission: Admission): boolean {
    return this.excluded.stands(principal.tenantId, admission);
  }
}

/** The key under which a token is remembered. */
const keyOf = (token: string): string => hash('sha256', token, 'base64url');

/** The verified token, if it is of a configured issuer: no change of identities concerns it. */
const verifiedBefore = (before: RememberedToken | undefined): VerifiedToken | undefined =>
  before?.verified.epoch === undefined ? before?.verified : undefined;

/** The admission of a token that was read in another epoch, if it was looked up at all. */
const earlier = (epoch: number | undefined, admission: Admission, at: number): Admission => {
  if (epoch === undefined) return admission;
  return { epoch: 'epoch' in admission ? Math.min(epoch, admission.epoch) : epoch, at };
};

/** Whether the platform failed, and not the token: a stored record is forged, for example. */
const isOurs = (error: unknown): boolean => error instanceof AnkaError && errors[error.code].status >= 500;

/** The token of the credentials (RFC 6750 §2.1): any case of the scheme, and one or more spaces (RFC 9110 §11.4). */
const bearer = (authorization: string | undefined): string | undefined =>
  /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
