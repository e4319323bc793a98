import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type ExportedJWKSCache,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwksCache,
} from 'jose';
import type { KeyOutage } from './key-outage.js';

/** Milliseconds. */
const times = {
  timeoutDuration: 3000,
  /** The minimum time between two fetches for keys that are not in the set. */
  cooldownDuration: 30_000,
  /** The time for which a set is used before it is fetched again. */
  cacheMaxAge: 600_000,
  /** The time for which the last set is used while its provider is unavailable. The limit ends the use of a withdrawn key. */
  keepMs: 12 * 3_600_000,
  /** The time between two attempts while the provider is unavailable. One request tries, and the others do not wait for it. */
  retryMs: 10_000,
};

type FindKey = JWTVerifyGetKey;

export const unavailable = (cause?: unknown): AnkaError =>
  new AnkaError('service-unavailable', 'The keys of the identity provider cannot be fetched. Try again later.', {
    cause,
  });

const isMismatch = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;

/**
 * Finds keys in an issuer's JWK set at a URL, and in the last good set while its provider is unavailable. An unavailable
 * provider is asked once in `retryMs`, however many requests name it and even if it never answered.
 */
export class RemoteKeys {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  /** jose stores the set here, with the time of its fetch (`uat`). */
  private readonly fetched: Partial<ExportedJWKSCache> = {};
  private readonly local = new WeakMap<JSONWebKeySet, FindKey>();
  private away = false;
  private retryAt = 0;

  constructor(
    url: string,
    private readonly issuer: string,
    private readonly outage: Pick<KeyOutage, 'begin' | 'end'>,
    fetch: (url: string) => Promise<Response>,
  ) {
    const options = { ...times, [jwksCache]: this.fetched as ExportedJWKSCache, [customFetch]: fetch };
    this.remote = createRemoteJWKSet(new URL(url), options);
  }

  /** @throws jose's error for a key that is not in the set; AnkaError `service-unavailable` when that cannot be known */
  readonly find: FindKey = async (header, token) => {
    const last = this.last();
    if (this.away && monotonicNow() < this.retryAt) {
      if (last === undefined) throw unavailable();
      return last(header, token);
    }
    try {
      if (this.away) await this.retry();
      return await this.remote(header, token);
    } catch (error) {
      if (isMismatch(error)) throw error;
      this.begin(error as Error);
      const left = this.last();
      if (left === undefined) throw unavailable(error);
      return left(header, token);
    }
  };

  private begin(reason: Error): void {
    this.retryAt = monotonicNow() + times.retryMs;
    if (!this.away) this.outage.begin(this.issuer, reason);
    this.away = true;
  }

  private async retry(): Promise<void> {
    this.retryAt = monotonicNow() + times.retryMs;
    await this.remote.reload();
    if (this.away) this.outage.end(this.issuer);
    this.away = false;
  }

  /** The last set, unless it is too old to be used. */
  private last(): FindKey | undefined {
    const { uat, jwks } = this.fetched;
    if (uat === undefined || jwks === undefined || Date.now() >= uat + times.keepMs) return undefined;
    const known = this.local.get(jwks) ?? atLeast(createLocalJWKSet(jwks));
    this.local.set(jwks, known);
    return known;
  }
}

/** Whether the key could be in the set that cannot be fetched. An unknown key is then no reason to refuse a token. */
const atLeast =
  (last: FindKey): FindKey =>
  async (header, token) => {
    try {
      return await last(header, token);
    } catch (cause) {
      throw unavailable(isMismatch(cause) ? undefined : cause);
    }
  };
