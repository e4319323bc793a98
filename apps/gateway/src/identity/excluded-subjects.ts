import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { BoundedMap, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExcludedSubject } from './excluded-subject.entity.js';
import { IdentityEpoch } from './identity-epoch.js';
import { type Caller, TurnedAway } from './turned-away.js';

/** Milliseconds. */
const times = {
  /** Longest that a caller waits for the database. */
  patience: 2000,
  /** The pause between two attempts to read while the database is away. The last known exclusions count meanwhile. */
  away: 1000,
};

/** The number of tenants whose exclusions are kept. */
const capacity = 20_000;

/** The excluded subjects of a tenant, and the epoch of identities in which they were read. */
interface Exclusions {
  readonly names: ReadonlySet<string>;
  readonly epoch: number;
}

/** How long an admission holds: while its epoch is current or, if the database is away, until a time of `monotonicNow`. */
export type Admission = { readonly epoch: number } | { readonly until: number };

const nameOf = ({ issuer, subject }: Pick<Caller, 'issuer' | 'subject'>): string => JSON.stringify([issuer, subject]);

/**
 * Knows the subjects that tenants have shut out. A tenant's are read once in an epoch, so a request costs no query, and an
 * exclusion that returned is in force on every gateway. While the database is away, callers of a configured issuer are admitted
 * by what was last known of their tenant, because nothing else of their requests needs it here.
 */
@Injectable()
export class ExcludedSubjects {
  private readonly known = new BoundedMap<string, Exclusions>(capacity);
  private readonly reading = new Map<string, Promise<Exclusions>>();
  private awayUntil = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly epochs: IdentityEpoch,
  ) {}

  /** @throws TurnedAway for an excluded subject; AnkaError `service-unavailable` if that cannot be known */
  async admit(caller: Caller): Promise<Admission> {
    const { names, ...admission } = await this.of(caller.tenantId);
    if (names.has(nameOf(caller))) throw new TurnedAway(caller, 'the tenant has shut the subject out');
    return admission;
  }

  private async of(tenantId: string): Promise<{ readonly names: ReadonlySet<string> } & Admission> {
    if (monotonicNow() >= this.awayUntil)
      try {
        return await Promise.race([this.current(tenantId), late()]);
      } catch (error) {
        if (isRefusedRecord(error)) throw error;
        this.awayUntil = monotonicNow() + times.away;
      }
    const last = this.known.get(tenantId);
    if (last === undefined) throw new AnkaError('service-unavailable', 'The tenant’s exclusions cannot be read');
    return { names: last.names, until: this.awayUntil };
  }

  private async current(tenantId: string): Promise<Exclusions> {
    const epoch = await this.epochs.current();
    const known = this.known.get(tenantId);
    if (known?.epoch === epoch) return known;
    // A read in an earlier epoch could miss newer data.
    const name = `${tenantId} ${epoch}`;
    const reading = this.reading.get(name) ?? this.read(tenantId, epoch);
    this.reading.set(name, reading);
    return reading.finally(() => this.reading.delete(name));
  }

  private async read(tenantId: string, epoch: number): Promise<Exclusions> {
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.findBy(ExcludedSubject, { tenantId }),
    );
    const read = { names: new Set(rows.map(nameOf)), epoch };
    if ((this.known.get(tenantId)?.epoch ?? 0) < epoch) this.known.set(tenantId, read);
    return read;
  }
}

/** Whether a stored exclusion fails its check. The last known exclusions do not replace it. */
const isRefusedRecord = (error: unknown): boolean =>
  error instanceof AnkaError && ['record-forged', 'record-outdated'].includes(error.code);

const late = async (): Promise<never> => {
  await delay(times.patience, undefined, { ref: false });
  throw new Error('the database did not answer in time');
};
