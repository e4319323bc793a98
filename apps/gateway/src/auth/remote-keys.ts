import { monotonicNow } from '@ankasecure/contracts';
import { BoundedMap, Buckets } from '@ankasecure/service-kit';
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
import { TryLater } from '../problem/try-later.js';
import type { KeyOutage } from './key-outage.js';

/** Milliseconds. */
const times = {
  timeoutDuration: 3000,
  /** jose does not fetch for keys that are not in the set. `look` does. */
  cooldownDuration: Number.POSITIVE_INFINITY,
  /** The time from the first look for a key to the second. A provider may sign with a key shortly before it publishes it. */
  againMs: 10_000,
  /** The time for which a key that was looked for twice in vain counts as unknown. */
  missingMs: 30_000,
  /** The time for which a set is used before it is fetched again. */
  cacheMaxAge: 600_000,
  /** The time for which the last set is used while its provider is unavailable. The limit ends the use of a withdrawn key. */
  keepMs: 12 * 3_600_000,
  /** The time between two attempts while the provider is unavailable. One request tries, and the others do not wait for it. */
  retryMs: 10_000,
};

/** A key that was looked for in vain. */
interface Missing {
  /** The time of the next look for it. */
  readonly lookAt: number;
  /** Whether a second look has shown that the key is not there. */
  readonly isUnknown: boolean;
}

/** The rate of looks for keys that are not in the set, of one issuer. Any caller can name such a key. */
const looks = { burst: 5, perSecond: 0.2 };

/** Keys that were looked for in vain, of one issuer. */
const mostMissing = 1_000;

type FindKey = JWTVerifyGetKey;
type Header = Parameters<FindKey>[0];
type Token = Parameters<FindKey>[1];

/** @param until the time of the next attempt to fetch them */
export const unavailable = (until: number, cause?: unknown): TryLater =>
  new TryLater('The keys of the identity provider cannot be fetched. Try again later.', until - monotonicNow(), {
    cause,
  });

const notThereYet = (until: number): TryLater =>
  new TryLater(
    'The identity provider does not publish the key of the token yet. Try again later.',
    until - monotonicNow(),
  );

const isMismatch = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;

/**
 * Finds keys in an issuer's JWK set at a URL, and in the last good set while its provider is unavailable. An unavailable
 * provider is asked once in `retryMs`, however many requests name it and even if it never answered. A key that is not in the
 * set is looked for at once, and once more `againMs` later. Only the second look says that it is unknown.
 */
export class RemoteKeys {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  /** jose stores the set here, with the time of its fetch (`uat`). */
  private readonly fetched: Partial<ExportedJWKSCache> = {};
  private readonly local = new WeakMap<JSONWebKeySet, FindKey>();
  private readonly buckets = new Buckets(monotonicNow);
  private readonly missing = new BoundedMap<string, Missing>(mostMissing);
  private looking: Promise<void> | undefined;
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
      if (last === undefined) throw unavailable(this.retryAt);
      return this.atLeast(last, header, token);
    }
    try {
      if (this.away) await this.retry();
      return await this.remote(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return await this.look(header, token, error);
      if (isMismatch(error)) throw error;
      this.begin(error as Error);
      const left = this.last();
      if (left === undefined) throw unavailable(this.retryAt, error);
      return this.atLeast(left, header, token);
    }
  };

  /** Finds a key in a set that cannot be fetched again. An unknown key is then no reason to refuse a token. */
  private async atLeast(last: FindKey, header: Header, token: Token): Promise<Awaited<ReturnType<FindKey>>> {
    try {
      return await last(header, token);
    } catch (cause) {
      throw unavailable(this.retryAt, isMismatch(cause) ? undefined : cause);
    }
  }

  /**
   * Looks for a key that is not in the set. When too many keys were looked for, nobody can say whether the provider has this
   * one: the looks of all keys together are bounded by `looks`.
   */
  private async look(header: Header, token: Token, unknown: Error): Promise<Awaited<ReturnType<FindKey>>> {
    const name = `${header.alg} ${header.kid ?? ''}`;
    const before = this.missing.get(name);
    if (before !== undefined && monotonicNow() < before.lookAt)
      throw before.isUnknown ? unknown : notThereYet(before.lookAt);
    if (this.looking === undefined) this.takeLook();
    this.looking ??= this.remote.reload().finally(() => {
      this.looking = undefined;
    });
    try {
      await this.looking;
    } catch (error) {
      this.begin(error as Error);
      throw unavailable(this.retryAt, error);
    }
    try {
      return await this.remote(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const isUnknown = before !== undefined;
      const lookAt = monotonicNow() + (isUnknown ? times.missingMs : times.againMs);
      this.missing.set(name, { lookAt, isUnknown });
      throw isUnknown ? error : notThereYet(lookAt);
    }
  }

  private takeLook(): void {
    const { granted, seconds } = this.buckets.take('', looks);
    if (!granted) throw unavailable(monotonicNow() + seconds * 1000);
  }

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
    const known = this.local.get(jwks) ?? createLocalJWKSet(jwks);
    this.local.set(jwks, known);
    return known;
  }
}
