import { maxHeads, monotonicNow, type Service } from '@ankasecure/contracts';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Logger } from '../logging/logger.js';
import { RetriedFailure } from '../logging/retried-failure.js';
import { BusClient } from '../nats/client.js';
import { positionsOnRecord } from './positions-on-record.js';
import { RecordHistory } from './record-history.js';
import { positionsOf } from './record-position.sql.js';

/** The database that is compared with the trail. */
export class WatchedDatabase {
  constructor(
    readonly service: Service,
    /** Its name, for the operator. */
    readonly database: string,
    /** The HSM partition whose tenants are compared; null for all tenants. */
    readonly partition: string | null,
  ) {}

  /**
   * Those of the tenants with which the database is behind, whatever the trail says of its revisions: it does not have the
   * tenant's own record, or another service holds a later one. Most services have nothing to compare.
   */
  async behindBesides(_dataSource: DataSource, _tenantIds: readonly string[]): Promise<readonly string[]> {
    return [];
  }
}

/** The pause between comparisons, and the time for which a database may fail to be compared; in milliseconds. */
const everyMs = 60_000;
/** The time after which everything that this process remembers is compared, whatever the positions of the trails say; in milliseconds. */
const completeMs = 10 * everyMs;
/** The pause after a comparison that failed or found a tenant behind, in milliseconds. */
const retryMs = 5_000;
/** The pause before the first comparison is tried again, for which changes wait; in milliseconds. */
const firstMs = { starting: 250, later: 1_000 };
const patienceMs = 5_000;

/**
 * Compares the service's database with the audit trail, at start and every minute: for each tenant, the highest revision of
 * its records. A database that is behind was restored from a backup, and nothing of the tenants that it is behind with is
 * served until the trail was applied to it again. What this process knows of tenants whose trails have new changes is compared
 * too, so that no cache outlives a change by more than about a minute, whatever became of the database's functions and triggers.
 * Every tenth minute, everything that it knows is compared: somebody may hide that trails have moved. A tenant whose trail is
 * refused keeps no other from being compared.
 */
@Injectable()
export class HistoryWatch implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private isResting = false;
  private stopped = false;
  /** Whether the next round follows after a short pause. */
  private isHurried = false;
  /** The positions of trails that were compared. */
  private readonly seen = new Map<string, number>();
  /** The tenants whose trails had moved at the last comparison. Events of about that time may be sealed in another order. */
  private moved: ReadonlySet<string> = new Set();
  /** For how long the database has not told its revisions, though the trail did; in milliseconds. */
  private failingMs = 0;
  /** When that was last seen; a time of `monotonicNow`. Undefined once either was not so. */
  private failedAt: number | undefined;
  private readonly failure: RetriedFailure;
  /** When everything was compared that could be, or this process began; a time of `monotonicNow`. */
  private completeAt = monotonicNow();

  constructor(
    private readonly watched: WatchedDatabase,
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly history: RecordHistory,
    private readonly log: Logger,
  ) {
    this.failure = new RetriedFailure(log, {
      failed: 'cannot compare the database with the audit trail now',
      over: 'the database is compared with the audit trail',
    });
  }

  /** Begins at once and does not delay the start: a record that was not compared yet is refused anyway. */
  onModuleInit(): void {
    void this.round();
  }

  /** Compares soon, and once more a little later: something may have been missed, whose event is sealed within moments. */
  hurry(): void {
    this.isHurried = true;
    // A running round sees it at its end.
    if (this.isResting) this.plan(0);
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /**
   * Compares all tenants. What this process knows is compared with the trail even if the database does not tell its revisions.
   * @throws AnkaError if the audit service does not answer about one of them, once all were tried; Error if the database does not
   */
  async compare(): Promise<void> {
    const { error } = await attempted(() => this.compareTrails());
    await this.compareEverything();
    if (error !== undefined) throw error;
  }

  private async compareTrails(): Promise<void> {
    // The trail is read first: it never names a revision before the database has it.
    const { service: owner, partition } = this.watched;
    const positions = await positionsOnRecord(this.bus, { owner, partition }, patienceMs).catch((error: unknown) => {
      // While the audit service does not answer, nobody asks the database, so it does not fail.
      this.failedAt = undefined;
      throw error;
    });
    const database = await attempted(() => this.compareDatabase(positions));
    const known = await attempted(() => this.compareMoved(positions));
    if (database.error === undefined) this.answered();
    else this.failed(database.error);
    if (known.error !== undefined) throw known.error;
  }

  /** Finds the tenants that the database is behind with. */
  private async compareDatabase(positions: ReadonlyMap<string, number>): Promise<void> {
    const behind = new Map<string, number>();
    const all = [...positions];
    for (let start = 0; start < all.length; start += maxHeads) {
      const some = all.slice(start, start + maxHeads);
      const tenantIds = some.map(([tenantId]) => tenantId);
      const held = await positionsOf(this.dataSource, tenantIds);
      const besides = new Set(await this.watched.behindBesides(this.dataSource, tenantIds));
      for (const [tenantId, revision] of some)
        if (besides.has(tenantId) || (held.get(tenantId) ?? 0) < revision) behind.set(tenantId, revision);
    }
    const { database } = this.watched;
    for (const [tenantId, trail] of behind)
      if (!this.history.behind.has(tenantId))
        this.log.error(
          { alarm: 'record-outdated', tenantId, database, trail },
          `${database} is older than the audit trail: it was restored from a backup, or changed by its owner. deploy/backup.md says how to go on`,
        );
    this.history.setBehind(behind, positions);
  }

  private answered(): void {
    this.failingMs = 0;
    this.failedAt = undefined;
  }

  /** A database that cannot be compared for a while may be older than the trail meanwhile, so its records do not change. */
  private failed(error: Error): never {
    const now = monotonicNow();
    this.failingMs += now - (this.failedAt ?? now);
    this.failedAt = now;
    if (this.history.positions.isCompared && this.failingMs >= everyMs) {
      const { database } = this.watched;
      this.log.error(
        { alarm: 'record-uncompared', database, reason: error.message },
        `${database} does not tell the revisions of its records, so none is changed: look at record_positions_of`,
      );
      this.history.positions.set(undefined);
    }
    throw error;
  }

  /** Compares everything if it is time to. What could not be compared is tried again with the tenants whose trails move. */
  private async compareEverything(): Promise<void> {
    if (monotonicNow() - this.completeAt < completeMs) return;
    this.completeAt = monotonicNow();
    await this.history.compareAgain();
  }

  private async compareMoved(positions: ReadonlyMap<string, number>): Promise<void> {
    const moved = [...positions].filter(([tenantId, position]) => this.seen.get(tenantId) !== position);
    const tenants = new Set(moved.map(([tenantId]) => tenantId));
    const again = new Set([...tenants, ...this.moved]);
    this.moved = tenants;
    for (const [tenantId, position] of moved) this.seen.set(tenantId, position);
    await this.history.compareAgain(again);
  }

  private plan(pauseMs: number): void {
    clearTimeout(this.timer);
    this.isResting = true;
    if (!this.stopped) this.timer = setTimeout(() => void this.round(), pauseMs);
  }

  private async round(): Promise<void> {
    this.isResting = false;
    let pauseMs = everyMs;
    try {
      await this.compare();
      this.failure.succeeded();
      // Another process may bring a tenant up to date.
      if (this.history.behind.size > 0) pauseMs = retryMs;
    } catch (error) {
      const { isFirst, isStarting } = this.history.positions;
      pauseMs = isFirst ? firstMs[isStarting ? 'starting' : 'later'] : retryMs;
      this.failure.failed(error as Error);
    }
    if (this.isHurried) pauseMs = Math.min(pauseMs, retryMs);
    this.isHurried = false;
    this.plan(pauseMs);
  }
}

const attempted = async (work: () => Promise<void>): Promise<{ readonly error?: Error }> => {
  try {
    await work();
    return {};
  } catch (error) {
    return { error: error as Error };
  }
};
