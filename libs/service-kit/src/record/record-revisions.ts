import {
  AnkaError,
  monotonicNow,
  mostRevisionAheadMs,
  mostRevisionStep,
  type RecordHead,
  type Service,
  type Tried,
  tried,
} from '@ankasecure/contracts';
import type { EntityManager, QueryRunner } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { clockOf } from '../clock/clock-of.js';
import { BoundedMap } from '../memory/bounded-map.js';
import type { BusClient } from '../nats/client.js';
import { unknownAdvice } from './claim-questions.js';
import { advancePosition, positionOf } from './record-position.sql.js';
import { TrailTops } from './trail-tops.js';

/** Revisions are microseconds since the epoch, so the sealed form of a later decision has a higher one, whoever made it. */
const perMs = 1_000;
/** A change that had to wait for others longer than this takes a later time, in milliseconds. */
const longWaitMs = 500;
/** The time for which a tenant whose counter was ahead of the clock counts as such, in milliseconds. */
const aheadMs = 60_000;
/** The most tenants whose revisions are remembered. */
const capacity = 100_000;

/**
 * The revision that the clock gives now. A database that answers slowly leaves its time open: then it is no further behind this
 * process's own than clocks may differ.
 */
const nowOf = (clock: Clock): number => {
  const ownMs = clock.isSound() ? Date.now() - clock.maximumSkewMs : Number.NEGATIVE_INFINITY;
  return Math.floor(Math.max(clock.now(), ownMs) * perMs);
};

/**
 * The highest revision that the clock allows now: the most that clocks may differ, after the time of this process. Processes with
 * the same time are told times by their databases that are twice as far apart at most. So one may be told to seal what is ahead of
 * another's next decision by no more than that.
 */
export const latestRevision = (clock: Clock): number => {
  const skewMs = clock.maximumSkewMs;
  const ownMs = Math.min(skewMs, clock.aheadMs() || 0);
  return nowOf(clock) + (ownMs + skewMs) * perMs;
};

/** The revisions that a change needs. */
export interface Wanted {
  readonly count: number;
  /** The highest revision that one of the records has; 0 for new ones. */
  readonly earlier: number;
  /** The highest revision that the trail is said to hold. It only tells whether the trail is to be asked. */
  readonly position: number;
  /** Whether the database was compared with the trail. Until then its counter, which may be that of a backup, only moves on by one. */
  readonly isCompared: boolean;
}

/** Revisions that were taken. */
export interface Taken {
  readonly first: number;
  /** The counter before that. */
  readonly before: number;
}

/** The trail's answer before a transaction took its locks, and the counter before that. */
interface AskedBefore {
  readonly tenantId: string;
  readonly counter: number;
  readonly onRecord: Tried<number>;
}

/**
 * Gives changes of a tenant's records their revisions: the time, or the next number if another change has had that one already.
 * The database keeps the counter and is not believed. It could tell a very high revision for a change that is allowed, have the
 * change fail, and put its sealed form back later. So no revision may be ahead of the clock, and each is higher than those that
 * this process has sealed before, also for changes that failed, and than those that the trail was proved to hold.
 *
 * Clocks that were ahead once have left revisions that later ones must exceed. Then the trail is the bound: it is asked before the
 * counter is locked, and where possible before any lock (`prepare`).
 */
export class RecordRevisions {
  private readonly highest = new BoundedMap<string, number>(capacity);
  /** Until when tenants count as ahead of the clock, whatever else is known of them; times of `monotonicNow`. */
  private readonly aheadUntil = new BoundedMap<string, number>(capacity);
  private readonly tops: TrailTops;
  private readonly askedBefore = new WeakMap<QueryRunner, AskedBefore>();
  /** The highest revisions in the trail, as the first changes of transactions found them; undefined if it was not asked. */
  private readonly found = new WeakMap<
    QueryRunner,
    { readonly tenantId: string; readonly onRecord: number | undefined }
  >();

  constructor(service: Service, bus: Pick<BusClient, 'request'>) {
    this.tops = new TrailTops(service, bus, capacity);
  }

  /** Takes note of heads that the trail was proved to hold. */
  learn(tenantId: string, heads: readonly Pick<RecordHead, 'revision'>[]): void {
    this.tops.learn(tenantId, heads);
  }

  /** Whether the trail was proved to hold what is ahead of the clock, so that a change which is not sealed yet may be, too. */
  isNext(tenantId: string, revision: number, latest: number): boolean {
    const top = this.tops.of(tenantId) ?? 0;
    return top > latest && revision <= top + mostRevisionStep;
  }

  /**
   * Asks the trail before the transaction takes a lock for which others wait, if what is known of the tenant is ahead of the clock.
   * The answer, or that there is none, counts in this transaction as long as the counter stays where it was.
   * @param position as that of `Wanted`
   */
  async prepare(manager: EntityManager, tenantId: string, position: number): Promise<void> {
    const { queryRunner } = manager;
    if (queryRunner === undefined || !this.isAhead(clockOf(manager.dataSource), tenantId, position)) return;
    const isAsked = [this.askedBefore, this.found].some((asked) => asked.get(queryRunner)?.tenantId === tenantId);
    if (isAsked) return;
    const counter = await positionOf(manager, tenantId);
    this.askedBefore.set(queryRunner, { tenantId, counter, onRecord: await tried(() => this.ask(tenantId)) });
  }

  /**
   * Takes the next revisions. Other changes of the tenant's records wait for the commit, so take them last.
   * @returns undefined if the database tells one that no change can have
   * @throws AnkaError `clock-skew`; `audit-unavailable` (retryable) if the trail must be asked and does not answer, or was not asked
   */
  async take(manager: EntityManager, tenantId: string, wanted: Wanted): Promise<Taken | undefined> {
    const clock = clockOf(manager.dataSource);
    clock.assertAgrees();
    const onRecord = await this.onRecordWithin(manager, clock, tenantId, wanted);
    const known = Math.max(this.highest.get(tenantId) ?? 0, this.tops.of(tenantId) ?? 0, wanted.earlier);
    const isTimed = wanted.isCompared || this.tops.of(tenantId) !== undefined;
    const floorNow = (): number => Math.max(isTimed ? nowOf(clock) : 0, known);
    const taken = await moveCounter(manager, tenantId, wanted.count, floorNow, (asked) =>
      assertNear(clock, asked, onRecord),
    );
    const { asked, last } = taken;
    if (!Number.isSafeInteger(last) || last < asked) return undefined;
    if (last > asked && last > latestRevision(clock) && !this.isKept(tenantId, last, onRecord)) return undefined;
    this.highest.set(tenantId, last);
    return { first: last - wanted.count + 1, before: taken.before };
  }

  /** As `onRecordIfAhead`. The first change of a transaction locks the counter: for the next ones nothing is asked. */
  private async onRecordWithin(
    manager: EntityManager,
    clock: Clock,
    tenantId: string,
    wanted: Wanted,
  ): Promise<number | undefined> {
    const { queryRunner } = manager;
    const before = queryRunner && this.found.get(queryRunner);
    if (before?.tenantId === tenantId) return before.onRecord;
    const onRecord = await this.onRecordIfAhead(manager, clock, tenantId, wanted);
    if (queryRunner !== undefined) this.found.set(queryRunner, { tenantId, onRecord });
    return onRecord;
  }

  /** @returns undefined if nothing that is known here is ahead of the clock */
  private async onRecordIfAhead(
    manager: EntityManager,
    clock: Clock,
    tenantId: string,
    { earlier, position }: Wanted,
  ): Promise<number | undefined> {
    if (!this.isAhead(clock, tenantId, Math.max(earlier, position))) return undefined;
    const { queryRunner } = manager;
    const asked = queryRunner && this.askedBefore.get(queryRunner);
    // What another change has committed since may be on record by now.
    const counts = asked?.tenantId === tenantId && asked.counter === (await positionOf(manager, tenantId));
    if (!counts) return this.ask(tenantId);
    if (asked.onRecord.error !== undefined) throw asked.onRecord.error;
    return asked.onRecord.result;
  }

  /** Whether anything that is known of the tenant's revisions is ahead of the clock. @param least what is known besides */
  private isAhead(clock: Clock, tenantId: string, least: number): boolean {
    const known = Math.max(this.highest.get(tenantId) ?? 0, this.tops.of(tenantId) ?? 0, least);
    const isNoted = monotonicNow() < (this.aheadUntil.get(tenantId) ?? Number.NEGATIVE_INFINITY);
    return known > latestRevision(clock) || isNoted;
  }

  private async ask(tenantId: string): Promise<number> {
    try {
      return await this.tops.ask(tenantId);
    } catch (cause) {
      if (!(cause instanceof AnkaError) || !cause.retryable) throw cause;
      const detail = `The revisions of the tenant’s records are ahead of the clock, and the audit trail cannot be asked now (${cause.code}). Try again. ${unknownAdvice}`;
      throw new AnkaError('audit-unavailable', detail, { cause });
    }
  }

  /**
   * Whether a counter that is ahead of the clock goes on after the trail.
   * @throws AnkaError `audit-unavailable` (retryable) if the trail was not asked: it is not asked while the counter is locked
   */
  private isKept(tenantId: string, last: number, onRecord: number | undefined): boolean {
    if (onRecord !== undefined) return last <= onRecord + mostRevisionStep;
    this.aheadUntil.set(tenantId, monotonicNow() + aheadMs);
    throw new AnkaError(
      'audit-unavailable',
      'The database tells a revision that is ahead of the clock. The audit trail is asked first when the request is repeated.',
    );
  }
}

/**
 * Moves the counter from the floor, and again if it had to wait for other changes meanwhile.
 * @param check refuses a revision that is asked for
 * @returns the least that the counter can show, what it shows, and what it showed before
 */
const moveCounter = async (
  manager: EntityManager,
  tenantId: string,
  count: number,
  floorNow: () => number,
  check: (asked: number) => void,
): Promise<{ readonly asked: number; readonly last: number; readonly before: number }> => {
  const move = async () => {
    const asked = floorNow() + count;
    check(asked);
    return { asked, ...(await advancePosition(manager, tenantId, count, asked - count)) };
  };
  const { asked, revision: last, before } = await move();
  if (!(last < floorNow() - longWaitMs * perMs)) return { asked, last, before };
  const again = await move();
  return { asked: again.asked, last: again.revision, before };
};

/**
 * Refuses to go on from what this process has sealed while a clock was far ahead: the audit service seals no such revision.
 * @throws AnkaError `clock-skew`
 */
const assertNear = (clock: Clock, asked: number, onRecord = 0): void => {
  const furthest = latestRevision(clock) + (mostRevisionAheadMs / 2) * perMs;
  if (asked <= Math.max(furthest, onRecord + mostRevisionStep)) return;
  throw new AnkaError(
    'clock-skew',
    'This process has sealed records when a clock was hours ahead, so it can seal none for now. Have the clocks checked, and restart it.',
  );
};
