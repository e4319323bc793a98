import { hash } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import type { Logger } from '@ankasecure/service-kit';
import type { Principal } from './principal.js';
import { isUnavailable, type TokenVerifier } from './token-verifier.js';

interface Remembered {
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly until: number;
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
    private readonly capacity = 20_000,
  ) {}

  /** The principal of a token that was verified before; nothing when it has to be looked at. */
  recall(authorization: string | undefined): Principal | undefined {
    if (authorization === undefined) return undefined;
    const key = hash('sha256', authorization, 'base64url');
    const entry = this.remembered.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > Date.now()) return entry.principal;
    this.remembered.delete(key);
    return undefined;
  }

  /** @throws AnkaError `authentication-required`, always the same; `service-unavailable` when the issuer's keys cannot be had */
  async authenticate(authorization: string | undefined, correlationId: string): Promise<Principal> {
    const token = bearer(authorization);
    if (authorization === undefined || token === undefined) throw new AnkaError('authentication-required', refusal);
    try {
      const { principal, expiresAt } = await this.verifier.verify(token);
      this.remember(hash('sha256', authorization, 'base64url'), {
        principal,
        until: Math.min(expiresAt, Date.now() + this.rememberMs),
      });
      return principal;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.log.info({ correlationId, reason: (error as Error).message }, 'token refused');
      throw new AnkaError('authentication-required', refusal);
    }
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
