import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow, platformTenantId } from '@ankasecure/contracts';
import { asAnkaError, BoundedMap, Logger, RecordSets, RetriedFailure } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { ExcludedSubject, excludedName } from './excluded-subject.entity.js';
import { IdentityEpoch } from './identity-epoch.js';
import { type Caller, TurnedAway } from './turned-away.js';

/** Milliseconds. */
const times = {
  /** Longest that a caller waits for the trail: `RecordHistory` waits less where it can do without. */
  trail: 2500,
  /** Longest that a caller waits for both the trail and the database. What takes longer is the database. */
  patience: 4000,
  /** Longest that it is waited for if it has just not answered. */
  asked: 100,
  /** The pause between two attempts to read while the database is away. The last known exclusions count meanwhile. */
  away: 1000,
};

const kind = 'excluded_subject';

/** The number of tenants whose exclusions are kept. */
const capacity = 20_000;

/** The excluded subjects of a tenant. */
interface Exclusions {
  /** The ids of their exclusions, by their names. */
  readonly names: ReadonlyMap<string, string>;
  /** The epoch of identities in which they were read. */
  readonly epoch: number;
  /** The time before they were read. */
  readonly at: number;
}

/** The exclusions that count now. */
interface Counted {
  readonly names: ReadonlyMap<string, string>;
  /** Set if nothing tells whether these are all, with the refusal of whoever may not repair then. */
  readonly untold?: AnkaError;
}

/** A caller of the platform's tenant who is named in the configuration. */
export type Repairer = Pick<Caller, 'issuer' | 'subject'>;

/**
 * How long an admission holds: while its epoch is current and the trail names no later change or, if the database is away,
 * until a time. Times are those of `monotonicNow`.
 */
export type Admission =
  | { readonly epoch: number; readonly at: number }
  | {
      readonly until: number;
      /** Set if the platform's own exclusions are not believed now: the caller may repair that, and nothing else. */
      readonly onlyRepairs?: AnkaError;
    };

/**
 * Knows the subjects that tenants have shut out. A tenant's are read once in an epoch, so a request costs no query, and an
 * exclusion that returned is in force on every gateway. An exclusion that is missing from the database is noticed. While the database
 * is away, callers of a configured issuer are admitted by what was last known of their tenant, because nothing else of their
 * requests needs it here. That ends when the trail names a change of the tenant's, and after ten minutes or so: a database that
 * only refuses to list the exclusions is its owner's doing.
 */
@Injectable()
export class ExcludedSubjects {
  private readonly known = new BoundedMap<string, Exclusions>(capacity);
  private readonly reading = new Map<string, Promise<Exclusions>>();
  private awayUntil = 0;
  private readonly failure: RetriedFailure;

  constructor(
    private readonly sets: RecordSets,
    private readonly epochs: IdentityEpoch,
    log: Logger,
  ) {
    this.failure = new RetriedFailure(log, {
      failed: 'cannot read excluded subjects: those count that were last known',
      over: 'excluded subjects are read again',
    });
  }

  /**
   * @param since the time before anything was read about the caller
   * @param repairers who may repair while nothing tells whom the platform has shut out
   * @throws TurnedAway for an excluded subject; AnkaError `record-forged`, `record-outdated`; `service-unavailable`,
   * `audit-unavailable` if that cannot be known
   */
  async admit(caller: Caller, since = monotonicNow(), repairers: readonly Repairer[] = []): Promise<Admission> {
    const { names, untold, ...admission } = await this.of(caller.tenantId);
    if (names.has(excludedName(caller))) throw new TurnedAway(caller, 'the tenant has shut the subject out');
    if (untold !== undefined && !repairers.some(isSame(caller))) throw untold;
    return 'epoch' in admission ? { epoch: admission.epoch, at: since } : admission;
  }

  /** Whether the admission of a tenant's caller still holds. It costs a few comparisons. */
  stands(tenantId: string, admission: Admission): boolean {
    if ('until' in admission) return monotonicNow() < admission.until;
    return this.epochs.isCurrent(admission.epoch) && this.epochs.lastMove(tenantId) < admission.at;
  }

  private async of(tenantId: string): Promise<Counted & Admission> {
    if (monotonicNow() >= this.awayUntil)
      try {
        const current = await Promise.race([this.current(tenantId), late()]);
        this.failure.succeeded();
        return current;
      } catch (error) {
        // The database answers, and what was last known is no better than what it says.
        if (error instanceof AnkaError) return this.forRepair(tenantId, error);
        const failed = asAnkaError(error);
        if (failed.code !== 'service-unavailable' && !(error instanceof Late)) throw failed;
        this.failure.failed(error as Error);
        this.awayUntil = monotonicNow() + times.away;
      }
    const last = this.known.get(tenantId);
    if (last === undefined || this.epochs.lastMove(tenantId) >= last.at)
      throw new AnkaError('service-unavailable', 'The tenant’s exclusions cannot be read');
    return { names: last.names, until: this.awayUntil };
  }

  /**
   * Platform administrators repair what refuses them: exclusions count as the database has them, and also if the trail, or what was
   * last known here, has them. Otherwise one who is shut out could repair that. If neither tells who each exclusion shuts out, whoever
   * owns the databases may have taken one away: only those repair whom the configuration names.
   * @throws AnkaError `cause` for another tenant
   */
  private async forRepair(tenantId: string, cause: AnkaError): Promise<Counted & Admission> {
    if (tenantId !== platformTenantId || cause.code === 'record-forged') throw cause;
    const rows = await this.sets.loadUncompared(ExcludedSubject, tenantId);
    // Of a database that is behind, the trail was not asked. Otherwise it was just waited for.
    const ids = await this.sets.listed(tenantId, kind, cause.code === 'record-outdated' ? times.trail : times.asked);
    const names = new Map([
      ...(this.known.get(tenantId)?.names ?? []),
      ...[...this.sets.toldBefore(tenantId, kind)].map(([id, name]) => [name, id] as const),
      ...rows.map((row) => [excludedName(row), row.id] as const),
    ]);
    const named = new Set(names.values());
    const untold = ids?.every((id) => named.has(id)) === true ? {} : { untold: notTold(cause) };
    return { names, until: monotonicNow() + times.away, onlyRepairs: cause, ...untold };
  }

  private async current(tenantId: string): Promise<Exclusions> {
    const epoch = await this.epochs.current();
    const known = this.known.get(tenantId);
    if (known?.epoch === epoch && this.epochs.lastMove(tenantId) < known.at) return known;
    // A read in an earlier epoch could miss newer data.
    const name = `${tenantId} ${epoch} ${this.epochs.lastMove(tenantId)}`;
    const reading = this.reading.get(name) ?? this.read(tenantId, epoch);
    this.reading.set(name, reading);
    return reading.finally(() => this.reading.delete(name));
  }

  private async read(tenantId: string, epoch: number): Promise<Exclusions> {
    const at = monotonicNow();
    const before = [...(this.known.get(tenantId)?.names ?? [])];
    const names = new Map<string, string>();
    // Nobody can tell whether the subject was readmitted. It stays shut out until the trail says so.
    const doubted = (id: string, told?: string): boolean => {
      const name = told ?? before.find(([, known]) => known === id)?.[0];
      if (name !== undefined) names.set(name, id);
      return name !== undefined;
    };
    // Whose row is gone is shut out by what the trail tells, and the tenant's others are not.
    const missing = (id: string, told?: string): boolean => told !== undefined && doubted(id, told);
    for (const row of await this.sets.load(ExcludedSubject, tenantId, { doubted, missing, trailMs: times.trail }))
      names.set(excludedName(row), row.id);
    const read = { names, epoch, at };
    if ((this.known.get(tenantId)?.at ?? 0) <= at) this.known.set(tenantId, read);
    return read;
  }
}

const isSame =
  ({ issuer, subject }: Caller) =>
  (other: Repairer): boolean =>
    other.issuer === issuer && other.subject === subject;

const notTold = (cause: AnkaError): AnkaError =>
  new AnkaError(
    'audit-unavailable',
    `Nothing tells this gateway whom the platform’s tenant has shut out: the audit trail does not, or not by name (${cause.code}). Until it does, only those repair whom identity.repairers in the gateway’s configuration names: deploy/backup.md says how to go on.`,
    { cause },
  );

class Late extends Error {}

const late = async (): Promise<never> => {
  await delay(times.patience, undefined, { ref: false });
  throw new Late('the database did not answer in time');
};
