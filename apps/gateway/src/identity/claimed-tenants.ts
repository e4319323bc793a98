import { AnkaError } from '@ankasecure/contracts';
import { BoundedMap } from '@ankasecure/service-kit';
import type { IdentityEpoch } from './identity-epoch.js';

/** The data of a tenant, and the epoch of identities in which it is valid. Undefined if the tenant has none. */
export interface TenantData<Value> {
  readonly value: Value | undefined;
  readonly epoch: number;
}

/** The numbers of cached tenants with and without data. Unknown tenants displace no tenant that has data. */
const capacity = { known: 5000, empty: 20_000 };

/** Limits on concurrent and waiting reads of unknown tenants. Any caller can name one, and others need the database too. */
const strangers = { reading: 2, waiting: 200 };

/**
 * Caches the data that verifies tokens, by the tenant that a token claims. The claim is not proved yet, so a tenant is read
 * only once in an epoch, however many requests name it, and the absence of data is cached too. A change makes a new epoch, so
 * the cache is never out of date.
 */
export class ClaimedTenants<Value> {
  private readonly known = new BoundedMap<string, TenantData<Value>>(capacity.known);
  private readonly empty = new BoundedMap<string, number>(capacity.empty);
  private readonly reading = new Map<string, Promise<TenantData<Value>>>();
  private strangers = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param read gets the value of an earlier epoch if it is still cached */
  constructor(
    private readonly epochs: Pick<IdentityEpoch, 'current'>,
    private readonly read: (tenantId: string, before: Value | undefined) => Promise<Value | undefined>,
  ) {}

  /** @throws AnkaError `service-unavailable` when too many unknown tenants are read; any error of the database */
  async of(tenantId: string): Promise<TenantData<Value>> {
    const epoch = await this.epochs.current();
    const before = this.known.get(tenantId);
    if (before?.epoch === epoch) return before;
    if (this.empty.get(tenantId) === epoch) return { value: undefined, epoch };
    // A read in an earlier epoch could miss newer data.
    const name = `${tenantId} ${epoch}`;
    const reading = this.reading.get(name) ?? this.look(tenantId, epoch, before);
    this.reading.set(name, reading);
    return reading.finally(() => this.reading.delete(name));
  }

  private async look(
    tenantId: string,
    epoch: number,
    before: TenantData<Value> | undefined,
  ): Promise<TenantData<Value>> {
    if (before !== undefined) return this.keep(tenantId, epoch, await this.read(tenantId, before.value));
    await this.turn();
    try {
      return this.keep(tenantId, epoch, await this.read(tenantId, undefined));
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.strangers--;
      else next();
    }
  }

  /** Waits for a turn. A finished reading passes its turn to the longest waiting one. */
  private async turn(): Promise<void> {
    if (this.strangers < strangers.reading) {
      this.strangers++;
      return;
    }
    if (this.waiting.length >= strangers.waiting)
      throw new AnkaError('service-unavailable', 'Too many requests name unknown tenants. Try again.');
    await new Promise<void>((resolve) => this.waiting.push(resolve));
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
