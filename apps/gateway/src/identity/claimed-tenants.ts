import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { BoundedMap, type TurnLimits, Turns } from '@ankasecure/service-kit';
import type { IdentityEpoch } from './identity-epoch.js';
import { originOf } from './origin.js';

/** The data of a tenant, and the epoch of identities in which it is valid. Undefined if the tenant has none. */
export interface TenantData<Value> {
  readonly value: Value | undefined;
  readonly epoch: number;
}

/** When data was read: its epoch, and a time of `monotonicNow` before it. */
interface Reading {
  readonly epoch: number;
  readonly at: number;
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
  private readonly known = new BoundedMap<string, Reading & { readonly value: Value }>(capacity.known);
  private readonly empty = new BoundedMap<string, Reading>(capacity.empty);
  private readonly reading = new Map<string, Promise<TenantData<Value>>>();
  private readonly strangers = new Turns(
    strangers,
    () => new AnkaError('service-unavailable', 'Too many requests name unknown tenants. Try again.'),
  );

  /** @param read gets the value of an earlier epoch if it is still cached */
  constructor(
    private readonly epochs: Pick<IdentityEpoch, 'current' | 'lastMove'>,
    private readonly read: (tenantId: string, before: Value | undefined) => Promise<Value | undefined>,
  ) {}

  /** @throws AnkaError `service-unavailable` when too many unknown tenants are read; any error of the database */
  async of(tenantId: string): Promise<TenantData<Value>> {
    const epoch = await this.epochs.current();
    const cached = this.cached(tenantId, epoch);
    if (cached !== undefined) return cached;
    const before = this.known.get(tenantId)?.value;
    // A caller joins no read in an earlier epoch or before a change, which could miss newer data, and no read that waits in the line of another network.
    const moment = `${tenantId} ${epoch} ${this.epochs.lastMove(tenantId)}`;
    const name = before === undefined ? `${moment} ${originOf()}` : moment;
    const reading = this.reading.get(name) ?? this.look(tenantId, epoch, before);
    this.reading.set(name, reading);
    return reading.finally(() => this.reading.delete(name));
  }

  private cached(tenantId: string, epoch: number): TenantData<Value> | undefined {
    const known = this.known.get(tenantId);
    if (known !== undefined && this.isValid(tenantId, epoch, known)) return { value: known.value, epoch };
    const empty = this.empty.get(tenantId);
    return empty !== undefined && this.isValid(tenantId, epoch, empty) ? { value: undefined, epoch } : undefined;
  }

  private isValid(tenantId: string, epoch: number, reading: Reading): boolean {
    return reading.epoch === epoch && this.epochs.lastMove(tenantId) < reading.at;
  }

  private async look(tenantId: string, epoch: number, before: Value | undefined): Promise<TenantData<Value>> {
    if (before !== undefined) return this.readAnew(tenantId, epoch, before);
    return this.strangers.run(
      originOf(),
      async () => this.cached(tenantId, epoch) ?? this.readAnew(tenantId, epoch, undefined),
    );
  }

  private async readAnew(tenantId: string, epoch: number, before: Value | undefined): Promise<TenantData<Value>> {
    const at = monotonicNow();
    const value = await this.read(tenantId, before);
    if ((this.known.get(tenantId)?.at ?? 0) > at) return { value, epoch };
    if (value === undefined) {
      this.known.delete(tenantId);
      this.empty.set(tenantId, { epoch, at });
    } else this.known.set(tenantId, { value, epoch, at });
    return { value, epoch };
  }
}
