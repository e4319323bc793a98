import type { QuotaConfig } from './quota.config.js';

interface Bucket {
  tokens: number;
  /** When `tokens` was right, in milliseconds. */
  at: number;
}

export interface Grant {
  readonly granted: boolean;
  /** Whole requests left. */
  readonly remaining: number;
  /** Seconds until the bucket is full, or, when nothing was granted, until the next request is. */
  readonly seconds: number;
}

/**
 * One token bucket per tenant, in this process's memory. It is our own, since it has to come after authentication, must
 * not cost the hot path a promise, and reports as draft-ietf-httpapi-ratelimit-headers has it.
 */
export class Quota {
  /** The value of `RateLimit-Policy`. */
  readonly policy: string;
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly config: QuotaConfig,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.policy = `"tenant";q=${config.burst};w=${Math.ceil(config.burst / config.requestsPerSecond)}`;
  }

  take(tenantId: string): Grant {
    const { burst, requestsPerSecond } = this.config;
    const now = this.now();
    const bucket = this.buckets.get(tenantId) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * requestsPerSecond) / 1000);
    bucket.at = now;
    this.buckets.set(tenantId, bucket);
    const granted = bucket.tokens >= 1;
    if (granted) bucket.tokens--;
    const missing = granted ? burst - bucket.tokens : 1 - bucket.tokens;
    return { granted, remaining: Math.floor(bucket.tokens), seconds: Math.ceil(missing / requestsPerSecond) };
  }

  /** Drops the buckets that are full again, so that memory follows the tenants that are active. */
  sweep(): void {
    const { burst, requestsPerSecond } = this.config;
    const now = this.now();
    for (const [tenantId, { tokens, at }] of this.buckets)
      if (tokens + ((now - at) * requestsPerSecond) / 1000 >= burst) this.buckets.delete(tenantId);
  }
}

/** The value of `RateLimit`. */
export const rateLimitOf = ({ remaining, seconds }: Grant): string => `"tenant";r=${remaining};t=${seconds}`;
