import { AnkaError } from '@ankasecure/contracts';
import { BoundedMap, type TurnLimits, Turns } from '@ankasecure/service-kit';
import type { IdentityEpoch } from './identity-epoch.js';
import { originOf } from './origin.js';

/** The data of a tenant, and the epoch of identities in which it is valid. Undefined if the tenant has none. */
export interface TenantData<Value> {
  readonly value: Value | undefined;
  readonly epoch: number;
}

/** The numbers of cached tenants with and without data. Unknown tenants displace no tenant that has data. */
const capacity = { known: 5000, empty: 20_000 };

/** Limits on reads of unknown tenants, by callers' networks. Any caller can name one, and others need the database too. */
const strangers: TurnLimits = {
  all: { running: 2, waiting: 400 },
  each: { running: 2, waiting: 100 },
  waitMs: 5000,
};

/**
 * Caches the data that verifies tokens, by the tenant that a token claims. The claim is not proved yet, so a tenant is read
 * only once in an epoch, however many requests name it, and the absence of data is cached too. A change makes a new epoch, so
 * the cache is never out of date.
 */
export class ClaimedTenants<Value> {
  private readonly known = new BoundedMap<string, TenantData<Value>>(capacity.known);
  private readonly empty = new BoundedMap<string, number>(capacity.empty);
  private readonly reading = new Map<string, Promise<TenantData<Value>>>();
  private readonly strangers = new Turns(
    strangers,
    () => new AnkaError('service-unavailable', 'Too many requests name unknown tenants. Try again.'),
  );

  /** @param read gets the value of an earlier epoch if it is still cached */
  constructor(
    private readonly epochs: Pick<IdentityEpoch, 'current'>,
    private readonly read: (tenantId: string, before: Value | undefined) => Promise<Value | undefined>,
  ) {}

  /** @throws AnkaError `service-unavailable` when too many unknown tenants are read; any error of the database */
  async of(tenantId: string): Promise<TenantData<Value>> {
    const epoch = await this.epochs.current();
    const cached = this.cached(tenantId, epoch);
    if (cached !== undefined) return cached;
    const before = this.known.get(tenantId);
    // A caller joins no read in an earlier epoch, which could miss newer data, and no read that waits in the line of another network.
    const name = before === undefined ? `${tenantId} ${epoch} ${originOf()}` : `${tenantId} ${epoch}`;
    const reading = this.reading.get(name) ?? this.look(tenantId, epoch, before);
    this.reading.set(name, reading);
    return reading.finally(() => this.reading.delete(name));
  }

  private cached(tenantId: string, epoch: number): TenantData<Value> | undefined {
    const known = this.known.get(tenantId);
    if (known?.epoch === epoch) return known;
    return this.empty.get(tenantId) === epoch ? { value: undefined, epoch } : undefined;
  }

  private async look(
    tenantId: string,
    epoch: number,
    before: TenantData<Value> | undefined,
  ): Promise<TenantData<Value>> {
    if (before !== undefined) return this.keep(tenantId, epoch, await this.read(tenantId, before.value));
    return this.strangers.run(
      originOf(),
      async () => this.cached(tenantId, epoch) ?? this.keep(tenantId, epoch, await this.read(tenantId, undefined)),
    );
  }

  private keep(tenantId: string, epoch: number, value: Value | undefined): TenantData<Value> {
    const read = { value, epoch };
    if ((this.known.get(tenantId)?.epoch ?? 0) > epoch) return read;
    if (value === undefined) {
      this.known.delete(tenantId);
      this.empty.set(tenantId, epoch);
    } else this.known.set(tenantId, read);
    return read;
  }
}
