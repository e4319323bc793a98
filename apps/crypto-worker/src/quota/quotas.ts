import { AnkaError, type KeyQuota } from '@ankasecure/contracts';
import { Buckets, type Grant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { KeyVersion } from '../key/key-version.js';
import { type KeyLimits, type Limits, QuotaConfig } from './quota.config.js';

/** The number of charges after which full buckets are dropped. */
const sweepEvery = 10_000;

/** The most versions of one key, unless the configuration says otherwise. */
const mostVersions = 1000;

type Used = Pick<KeyVersion, 'tenantId' | 'keyId'>;

const exceeded = (detail: string): AnkaError => new AnkaError('quota-exceeded', detail);

/** Limits what tenants may do with the HSM: the number of keys, and for each key operations per second and operations at once. */
@Injectable()
export class Quotas {
  private readonly byTenant: ReadonlyMap<string, Limits>;
  private buckets = new Buckets();
  private readonly running = new Map<string, number>();
  private asked = 0;

  constructor(private readonly config: QuotaConfig) {
    this.byTenant = new Map(config.tenants.map(({ tenant, ...limits }) => [tenant, limits]));
  }

  /** Quotas with another clock. @param now returns milliseconds */
  static withClock(config: QuotaConfig, now: () => number): Quotas {
    const quotas = new Quotas(config);
    quotas.buckets = new Buckets(now);
    return quotas;
  }

  /** The most keys that the tenant may have. */
  keysOf(tenantId: string): number | undefined {
    return this.limitsOf(tenantId).keys;
  }

  /** The most versions that all keys of the tenant may have together. */
  objectsOf(tenantId: string): number | undefined {
    return this.limitsOf(tenantId).objects;
  }

  /** The most versions that one key of the tenant may have. */
  versionsOf(tenantId: string): number {
    return this.limitsOf(tenantId).versionsPerKey ?? mostVersions;
  }

  /** Tells whether operations with keys of this tenant are counted. */
  bounds({ tenantId }: Used): boolean {
    return this.limitsOf(tenantId).perKey !== undefined;
  }

  /**
   * Runs one operation with the key, within the key's quota.
   * @param told receives what the key has left, also if that is too little
   * @throws AnkaError `quota-exceeded`
   */
  async during<Value>(key: Used, work: () => Promise<Value>, told?: (left: KeyQuota) => void): Promise<Value> {
    const end = this.begin(key, told);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** As `during`, for work that is not one promise. @returns a function that ends it, to be called once */
  begin({ tenantId, keyId }: Used, told: (left: KeyQuota) => void = () => undefined): () => void {
    const limits = this.limitsOf(tenantId).perKey;
    if (limits === undefined) return () => undefined;
    const running = this.running.get(keyId) ?? 0;
    this.charge(keyId, limits, running, told);
    this.running.set(keyId, running + 1);
    return () => {
      const left = (this.running.get(keyId) ?? 1) - 1;
      if (left > 0) this.running.set(keyId, left);
      else this.running.delete(keyId);
    };
  }

  /** The rate is a whole number per second, so more is available within one second, as `Retry-After` says. */
  private charge(
    keyId: string,
    { operationsPerSecond, burst, concurrentOperations }: KeyLimits,
    running: number,
    told: (left: KeyQuota) => void,
  ): void {
    const rate = { perSecond: operationsPerSecond, burst };
    const tell = ({ remaining, seconds }: Grant): void =>
      told({ quota: burst, window: Math.ceil(burst / operationsPerSecond), remaining, seconds });
    if (concurrentOperations !== undefined && running >= concurrentOperations) {
      tell(this.buckets.look(keyId, rate));
      throw exceeded(
        `The key allows ${concurrentOperations} concurrent operations. Try again when some have finished.`,
      );
    }
    if (++this.asked % sweepEvery === 0) this.buckets.sweep();
    const grant = this.buckets.take(keyId, rate);
    tell(grant);
    if (!grant.granted)
      throw exceeded(`The key allows ${operationsPerSecond} operations per second. Try again in a second.`);
  }

  private limitsOf(tenantId: string): Limits {
    return this.byTenant.get(tenantId) ?? this.config;
  }
}

/** The quota of the key with the least left. */
export const tightest = (all: readonly (KeyQuota | undefined)[]): KeyQuota | undefined =>
  all.filter((one) => one !== undefined).toSorted((a, b) => a.remaining - b.remaining || b.seconds - a.seconds)[0];
