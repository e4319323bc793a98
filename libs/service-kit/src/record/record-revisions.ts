import { AnkaError, type Service } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { clockOf } from '../clock/clock-of.js';
import { BoundedMap } from '../memory/bounded-map.js';
import type { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
import { allHeads } from './all-heads.js';
import { patienceMs, unknownAdvice } from './claim-questions.js';
import { advancePosition } from './record-position.sql.js';

/** Revisions are microseconds since the epoch, so the sealed form of a later decision has a higher one, whoever made it. */
const perMs = 1_000;
/** Revisions may be ahead of the clock by so many times the most that clocks may differ. */
const slack = 2;
/** The most tenants whose revisions are remembered. */
const capacity = 100_000;

/** The revision that the clock gives now. */
const nowOf = (clock: Clock): number => Math.floor(clock.now() * perMs);

/** The highest revision that the clock allows now. */
export const latestRevision = (clock: Clock): number => nowOf(clock) + slack * clock.maximumSkewMs * perMs;

/** The revisions that a change needs. */
export interface Wanted {
  readonly count: number;
  /** The highest revision that one of the records has; 0 for new ones. */
  readonly earlier: number;
  /** Whether the database was compared with the trail. Until then its counter, which may be that of a backup, only moves on by one. */
  readonly isCompared: boolean;
}

/** Revisions that were taken. */
export interface Taken {
  readonly first: number;
  /** What the counter showed before. */
  readonly before: number;
}

/**
 * Gives changes of a tenant's records their revisions: the time, or the next number if another change has had that one already.
 * The database keeps the counter and is not believed. It could tell a very high revision for a change that is allowed, have the
 * change fail, and put its sealed form back later. So no revision may be far ahead of the clock, and each is higher than those
 * that this process has sealed before, also for changes that failed.
 */
export class RecordRevisions {
  private readonly highest = new BoundedMap<string, number>(capacity);

  constructor(
    private readonly service: Service,
    private readonly bus: Pick<BusClient, 'request'>,
  ) {}

  /**
   * Takes the next revisions. Other changes of the tenant's records wait for the commit, so take them last.
   * @returns undefined if the database tells one that no change can have
   * @throws AnkaError `clock-skew`, `audit-unavailable`
   */
  async take(
    manager: EntityManager,
    tenantId: string,
    { count, earlier, isCompared }: Wanted,
  ): Promise<Taken | undefined> {
    const clock = clockOf(manager.dataSource);
    clock.assertAgrees();
    const floor = Math.max(isCompared ? nowOf(clock) : 0, this.highest.get(tenantId) ?? 0, earlier);
    const { revision: last, before } = await advancePosition(manager, tenantId, count, floor);
    if (!Number.isSafeInteger(last) || last < floor + count) return undefined;
    if (last > latestRevision(clock) && last > (await this.latestOnRecord(clock, tenantId))) return undefined;
    this.highest.set(tenantId, last);
    return { first: last - count + 1, before };
  }

  /** Clocks that were ahead once have left revisions in the trail that later ones must exceed. */
  private async latestOnRecord(clock: Clock, tenantId: string): Promise<number> {
    try {
      const heads = await allHeads(this.bus, ownContext(this.service, patienceMs.unknown, tenantId), this.service);
      const highest = heads.reduce((most, { revision }) => Math.max(most, revision), 0);
      return highest + slack * clock.maximumSkewMs * perMs;
    } catch (cause) {
      if (!(cause instanceof AnkaError) || !cause.retryable) throw cause;
      const detail = `The database tells a revision that is ahead of the clock, and the audit trail cannot be asked now (${cause.code}). Try again. ${unknownAdvice}`;
      throw new AnkaError('audit-unavailable', detail, { cause });
    }
  }
}
