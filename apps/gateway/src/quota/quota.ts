import type { KeyQuota } from '@ankasecure/contracts';
import { Buckets, type Grant } from '@ankasecure/service-kit';
import type { FastifyReply } from 'fastify';
import type { QuotaLimits, QuotaLimitsConfig } from './quota.config.js';

interface Limits extends QuotaLimits {
  /** The value of `RateLimit-Policy`. */
  readonly policy: string;
}

const policyOf = (name: 'tenant' | 'key', quota: number, window: number): string => `"${name}";q=${quota};w=${window}`;

const limitsOf = (limits: QuotaLimits): Limits => ({
  ...limits,
  policy: policyOf('tenant', limits.burst, Math.ceil(limits.burst / limits.requestsPerSecond)),
});

/**
 * A token bucket for each tenant, and a count of its running requests, in this process's memory. No library serves here: the
 * check runs after authentication, costs the hot path no promise, and reports as in draft-ietf-httpapi-ratelimit-headers.
 */
export class Quota {
  private readonly buckets: Buckets;
  private readonly common: Limits;
  private readonly byTenant: ReadonlyMap<string, Limits>;
  private readonly underWay = new Map<string, number>();

  constructor({ tenants = [], ...common }: QuotaLimitsConfig, now?: () => number) {
    this.buckets = new Buckets(now);
    this.common = limitsOf(common);
    this.byTenant = new Map(tenants.map(({ tenant, ...limits }) => [tenant, limitsOf(limits)]));
  }

  /** The value of `RateLimit-Policy`. */
  policyOf(tenantId: string): string {
    return this.limitsOf(tenantId).policy;
  }

  take(tenantId: string): Grant {
    const { burst, requestsPerSecond } = this.limitsOf(tenantId);
    return this.buckets.take(tenantId, { perSecond: requestsPerSecond, burst });
  }

  /** Charges the further operations of a request that `take` has granted. */
  owe(tenantId: string, operations: number): Grant {
    const { burst, requestsPerSecond } = this.limitsOf(tenantId);
    return this.buckets.owe(tenantId, { perSecond: requestsPerSecond, burst }, operations);
  }

  /** @returns a function to call when the request ends; undefined when too many requests are running */
  begin(tenantId: string): (() => void) | undefined {
    const count = this.underWay.get(tenantId) ?? 0;
    if (count >= (this.limitsOf(tenantId).concurrentRequests ?? Number.POSITIVE_INFINITY)) return undefined;
    this.underWay.set(tenantId, count + 1);
    return () => {
      const left = (this.underWay.get(tenantId) ?? 1) - 1;
      if (left > 0) this.underWay.set(tenantId, left);
      else this.underWay.delete(tenantId);
    };
  }

  sweep(): void {
    this.buckets.sweep();
  }

  private limitsOf(tenantId: string): Limits {
    return this.byTenant.get(tenantId) ?? this.common;
  }
}

/** The value of `RateLimit`. */
export const rateLimitOf = (
  { remaining, seconds }: Pick<Grant, 'remaining' | 'seconds'>,
  name: 'tenant' | 'key' = 'tenant',
): string => `"${name}";r=${remaining};t=${seconds}`;

/** Appends an item to a header that is a list (RFC 9651 §3.1). */
const append = (reply: FastifyReply, header: string, item: string): void => {
  const before = reply.getHeader(header);
  reply.header(header, before === undefined ? item : `${String(before)}, ${item}`);
};

/** Appends the key's quota from the worker to the tenant's. */
export const reportKeyQuota = (reply: FastifyReply, left: KeyQuota): void => {
  append(reply, 'ratelimit-policy', policyOf('key', left.quota, left.window));
  append(reply, 'ratelimit', rateLimitOf(left, 'key'));
};
