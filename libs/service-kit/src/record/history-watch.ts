import { listRecordPositions, type Service } from '@ankasecure/contracts';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Logger } from '../logging/logger.js';
import { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
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

/** A comparison: the tenants that the trail names, and those that the database is behind with, each with the trail's revision. */
interface Comparison {
  readonly positions: Map<string, number>;
  readonly behind: Map<string, number>;
}

const everyMs = 60_000;
/** One of so many comparisons includes everything that this process remembers, whatever the positions of the trails say. */
const completeEach = 10;
/** The pause after a comparison that failed or found a tenant behind, in milliseconds. */
const retryMs = 5_000;
const patienceMs = 5_000;

/**
 * Compares the service's database with the audit trail, at start and every minute: for each tenant, the highest revision of
 * its records. A database that is behind was restored from a backup, and nothing of the tenants that it is behind with is
 * served until the trail was applied to it again. What this process knows of tenants whose trails have new changes is compared
 * too, so that no cache outlives a change by more than about a minute, whatever became of the database's functions and triggers.
 * Every tenth time, everything that it knows is compared: somebody may hide that trails have moved.
 */
@Injectable()
export class HistoryWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** The positions of trails that were compared. */
  private readonly seen = new Map<string, number>();
  /** The tenants whose trails had moved at the last comparison. Events of about that time may be sealed in another order. */
  private moved: ReadonlySet<string> = new Set();
  /** The number of comparisons until everything is compared. */
  private left = completeEach;

  constructor(
    private readonly watched: WatchedDatabase,
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly history: RecordHistory,
    private readonly log: Logger,
  ) {}

  /** Begins at once and does not delay the start: a record that was not compared yet is refused anyway. */
  onApplicationBootstrap(): void {
    void this.round();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Compares all tenants. @throws AnkaError if the audit service does not answer */
  async compare(): Promise<void> {
    if (--this.left <= 0) await this.compareEverything();
    const comparison: Comparison = { positions: new Map(), behind: new Map() };
    for (let after: string | null | undefined = null; after !== undefined; )
      after = await this.comparePage(after, comparison);
    const { behind, positions } = comparison;
    const { database } = this.watched;
    for (const tenantId of behind.keys())
      if (!this.history.behind.has(tenantId))
        this.log.error(
          { alarm: 'record-outdated', tenantId, database, trail: behind.get(tenantId) },
          `${database} is older than the audit trail: it was restored from a backup, or changed by its owner. deploy/backup.md says how to go on`,
        );
    this.history.setBehind(behind, positions);
    await this.compareMoved(positions);
  }

  private async compareEverything(): Promise<void> {
    await this.history.compareAgain();
    this.left = completeEach;
  }

  private async compareMoved(positions: ReadonlyMap<string, number>): Promise<void> {
    const moved = [...positions].filter(([tenantId, position]) => this.seen.get(tenantId) !== position);
    const tenants = new Set(moved.map(([tenantId]) => tenantId));
    await this.history.compareAgain(new Set([...tenants, ...this.moved]));
    this.moved = tenants;
    for (const [tenantId, position] of moved) this.seen.set(tenantId, position);
  }

  /** @returns the tenant after which the next page begins; undefined after the last page */
  private async comparePage(after: string | null, comparison: Comparison): Promise<string | undefined> {
    const { service: owner, partition } = this.watched;
    const context = ownContext(owner, patienceMs);
    // The trail is read first: it never names a revision before the database has it.
    const { items, complete } = await this.bus.request(listRecordPositions, '', context, { owner, partition, after });
    const tenantIds = items.map(({ tenantId }) => tenantId);
    const held = await positionsOf(this.dataSource, tenantIds);
    const besides = new Set(await this.watched.behindBesides(this.dataSource, tenantIds));
    for (const { tenantId, revision } of items) {
      comparison.positions.set(tenantId, revision);
      if (besides.has(tenantId) || (held.get(tenantId) ?? 0) < revision) comparison.behind.set(tenantId, revision);
    }
    return complete ? undefined : items.at(-1)?.tenantId;
  }

  private async round(): Promise<void> {
    let pauseMs = everyMs;
    try {
      await this.compare();
      // Another process may bring a tenant up to date.
      if (this.history.behind.size > 0) pauseMs = retryMs;
    } catch (error) {
      pauseMs = retryMs;
      this.log.warn({ reason: (error as Error).message }, 'cannot compare the database with the audit trail now');
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.round(), pauseMs);
  }
}
