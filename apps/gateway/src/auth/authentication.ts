import { hash } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { asAnkaError, type Logger } from '@ankasecure/service-kit';
import type { IdentityEpoch } from '../identity/identity-epoch.js';
import type { Principal } from './principal.js';
import { isUnavailable, type TokenVerifier, type Verified } from './token-verifier.js';

interface Remembered {
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Set where it holds in this epoch of identities only. */
  readonly epoch: number | undefined;
}

/** One sentence for every reason, so that an answer tells an attacker nothing. */
const refusal = 'Send an access token of a configured issuer as Authorization: Bearer';

/**
 * From an Authorization header to a principal. Verified tokens are remembered by their SHA-256 (never the token itself),
 * at most until they expire, so that a token's signature is not checked at every request.
 */
export class Authentication {
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly log: Logger,
    private readonly rememberMs: number,
    private readonly epochs: Pick<IdentityEpoch, 'isCurrent'>,
    private readonly capacity = 20_000,
  ) {}

  /** The principal of a token that was verified before; nothing when it has to be looked at. */
  recall(authorization: string | undefined): Principal | undefined {
    if (authorization === undefined) return undefined;
    const key = hash('sha256', authorization, 'base64url');
    const entry = this.remembered.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > Date.now() && this.stands(entry.epoch)) return entry.principal;
    this.remembered.delete(key);
    return undefined;
  }

  /** @throws AnkaError `authentication-required`, always the same; `service-unavailable` when the issuer's keys cannot be had */
  async authenticate(authorization: string | undefined, correlationId: string): Promise<Principal> {
    const token = bearer(authorization);
    if (authorization === undefined || token === undefined) throw new AnkaError('authentication-required', refusal);
    try {
      const verified = await this.verifier.verify(token);
      const principal = this.confirmable(verified, authorization, correlationId);
      this.remember(hash('sha256', authorization, 'base64url'), {
        principal,
        until: Math.min(verified.expiresAt, Date.now() + this.rememberMs),
        epoch: verified.epoch,
      });
      return principal;
    } catch (error) {
      const known = asAnkaError(error);
      if (isUnavailable(known)) throw known;
      this.log.info({ correlationId, reason: (error as Error).message }, 'token refused');
      throw new AnkaError('authentication-required', refusal);
    }
  }

  /** The principal, with a way to ask again before an answer is given, where something may have changed meanwhile. */
  private confirmable({ principal, epoch }: Verified, authorization: string, correlationId: string): Principal {
    if (epoch === undefined) return principal;
    const confirm = () => (this.stands(epoch) ? undefined : this.authenticate(authorization, correlationId));
    return { ...principal, confirm };
  }

  private stands(epoch: number | undefined): boolean {
    return epoch === undefined || this.epochs.isCurrent(epoch);
  }

  private remember(key: string, entry: Remembered): void {
    if (this.remembered.size >= this.capacity) {
      const [oldest] = this.remembered.keys();
      if (oldest !== undefined) this.remembered.delete(oldest);
    }
    this.remembered.set(key, entry);
  }
}

const bearer = (authorization: string | undefined): string | undefined =>
  /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
