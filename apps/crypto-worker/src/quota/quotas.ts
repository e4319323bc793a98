import { AnkaError, type KeyQuota } from '@ankasecure/contracts';
import { Buckets, type Grant } from '@ankasecure/service-kit';
import type { KeyVersion } from '../key/key-version.js';
import type { KeyLimits, Limits, QuotaConfig } from './quota.config.js';

/** Buckets that are full again are dropped once so many have been asked. */
const sweepEvery = 10_000;

type Used = Pick<KeyVersion, 'tenantId' | 'keyId'>;

const exceeded = (detail: string): AnkaError => new AnkaError('quota-exceeded', detail);

/** What tenants may do with the HSM: keys, and by key operations a second and operations at once. */
export class Quotas {
  private readonly byTenant: ReadonlyMap<string, Limits>;
  private readonly buckets: Buckets;
  private readonly running = new Map<string, number>();
  private asked = 0;

  constructor(
    private readonly config: QuotaConfig,
    now?: () => number,
  ) {
    this.byTenant = new Map(config.tenants.map(({ tenant, ...limits }) => [tenant, limits]));
    this.buckets = new Buckets(now);
  }

  /** How many keys the tenant may have. */
  keysOf(tenantId: string): number | undefined {
    return this.limitsOf(tenantId).keys;
  }

  /** Whether an operation with a key of this tenant has to be counted. */
  bounds({ tenantId }: Used): boolean {
    return this.limitsOf(tenantId).perKey !== undefined;
  }

  /**
   * Runs one operation with the key, within what the key has left.
   * @param told hears what that is, also where it is too little
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

  /** As `during`, of what is not one piece of work. @returns what ends it, to be called once */
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

  /** At a whole number a second there is more within one, which is what `Retry-After` says. */
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

/** Of several keys the one that has the least left. */
export const tightest = (all: readonly (KeyQuota | undefined)[]): KeyQuota | undefined =>
  all.filter((one) => one !== undefined).toSorted((a, b) => a.remaining - b.remaining || b.seconds - a.seconds)[0];
