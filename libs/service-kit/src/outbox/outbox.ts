import {
  AnkaError,
  type AuditEvent,
  assertSealable,
  type EventName,
  mayReport,
  monotonicNow,
} from '@ankasecure/contracts';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { DataSource, EntityManager } from 'typeorm';
import { withNotedChanges } from '../database/noted-changes.js';
import type { Logger } from '../logging/logger.js';
import type { BusClient } from '../nats/client.js';
import { AppendChannel } from './append-channel.js';
import { CommittedRows } from './committed-rows.js';
import type { Delivery } from './delivery.js';
import { FairShare } from './fair-share.js';
import { LostEvents } from './lost-events.js';
import { CommitWatch, noteRow } from './noted-rows.js';
import { countOutbox } from './outbox.sql.js';
import { meterOutbox } from './outbox-metrics.js';
import type { OutboxProof } from './outbox-proof.js';
import { rowsOf, writeRow } from './outbox-row.js';
import { Pace } from './pace.js';
import { Pauses } from './pauses.js';
import { Relay, type RelayOptions } from './relay.js';

export interface OutboxOptions extends RelayOptions {
  /** Events of this partition that may wait before operations are refused. */
  readonly capacity: number;
  /**
   * Time limit of one append, in milliseconds. An audit service that dies while it seals never answers, and its rows wait
   * until then.
   */
  readonly timeoutMs: number;
  /** The pause between two searches for events that were taken out of the outbox, in milliseconds. */
  readonly searchMs?: number;
}

const defaults: OutboxOptions = { capacity: 200_000, batch: 256, timeoutMs: 8000 };
const idleMs = 1000;
const retryMs = { first: 100, most: 5000 };
const unknownFate =
  'Too many outcomes have left for the audit service and are not known to be sealed. Operations are refused until some are.';
const unsearched =
  'Outcomes have left for the audit service, and for minutes each search for them has failed. Operations are refused until one succeeds.';
/** Maximum age of the count, in milliseconds. Other processes change the table too. */
const countMs = 1000;

/**
 * Delivers outcomes to the audit trail. An outcome is written in the transaction of the action it reports. One relay per
 * process delivers the rows. A row is deleted only when the audit service has answered that it is sealed. Several processes
 * may share a table: a relay skips rows that another one holds, and an event that arrives twice is sealed once.
 */
export class Outbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private failures = 0;
  private running = false;
  private stopped = false;
  private woken = false;
  private stopping = false;
  private readonly pauses = new Pauses();
  private gatherMs = 0;
  private countedAt = 0;
  private readonly share: FairShare;
  private readonly channel: AppendChannel;
  private readonly relay: Relay;
  private readonly rows: CommittedRows;
  private readonly lost: LostEvents;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly proof: OutboxProof,
    private readonly dataSource: DataSource,
    bus: Pick<BusClient, 'maxPayload' | 'request' | 'requestRaw'>,
    private readonly log: Logger,
    options: Partial<OutboxOptions> = {},
  ) {
    const { capacity, timeoutMs, searchMs, ...relayed } = { ...defaults, ...options };
    const { partition } = proof;
    const channel = (): AppendChannel => new AppendChannel(bus, proof, timeoutMs);
    this.share = new FairShare(capacity);
    this.channel = channel();
    this.relay = new Relay(dataSource, this.channel, log, { ...relayed, partition });
    this.rows = new CommittedRows(capacity);
    this.lost = new LostEvents({ proof, dataSource, bus, channel: channel(), log }, this.rows, searchMs);
    dataSource.subscribers.push(new CommitWatch(this.rows));
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Registers gauges for depth, age and quarantined events, and counters of lost ones and of failed searches for them. */
  meter(registry: Registry): this {
    meterOutbox(this, registry);
    this.lost.meter(registry);
    return this;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.loop = this.run();
    this.lost.start();
  }

  /** The number of quarantined events at the last count. They wait for an operator. */
  quarantined = 0;

  /** When the oldest waiting event was committed, by the last count of the table; milliseconds since the epoch. */
  oldestAt: number | undefined;

  /** When this process committed the oldest event that it does not know to be sealed; a moment of `monotonicNow`. */
  get oldestUnsealed(): number | undefined {
    return this.rows.oldest;
  }

  /** The number of waiting events, as last known. */
  get depth(): number {
    return this.share.waiting;
  }

  /**
   * Whether the service refuses everything that must be recorded, because too much of it waits for the audit service, or for too
   * long nobody could tell what became of it.
   */
  get isFull(): boolean {
    return this.share.isFull || this.rows.isFull || this.lost.isOverdue;
  }

  /** Whether the process can prove its events. */
  get isOpen(): boolean {
    return this.proof.isOpen;
  }

  /**
   * @throws AnkaError `audit-unavailable` when the outbox, or the tenant's share of it, has no room for so many events, while
   * searches for lost events have failed for too long, and until the process has the key to prove them
   */
  assertRoom(tenantId: string, events = 1): void {
    this.proof.assertOpen();
    if (this.rows.isFull) throw new AnkaError('audit-unavailable', unknownFate);
    if (this.lost.isOverdue) throw new AnkaError('audit-unavailable', unsearched);
    this.share.assertRoom(tenantId, events);
  }

  /**
   * Checks an event before its action is committed. `write` does so itself.
   * @throws Error for an event that the audit service would refuse for good
   */
  assertSealable(event: AuditEvent): void {
    assertSealable(event);
    const { service } = this.proof;
    if (!mayReport(service, event.operation))
      throw new Error(`${service} may not report ${event.operation}: see families in reporter.ts`);
  }

  /**
   * Writes `events` in the caller's transaction. Call `committed` after it commits.
   * @throws Error for an event that could never be sealed, so that its action does not commit; AnkaError `audit-unavailable` until
   * the process has the key to prove it
   */
  async write(manager: EntityManager, events: readonly AuditEvent[]): Promise<void> {
    const named = withNotedChanges(manager, events);
    for (const event of named) this.assertSealable(event);
    for (const [tenantId, own] of Map.groupBy(named, (event) => event.tenantId))
      for (const row of rowsOf(own, (event) => this.proof.textOf(event))) {
        await writeRow(
          manager,
          row.map(([, text]) => text),
        );
        this.noteWritten(
          manager,
          row.map(([event]) => event),
        );
        this.share.note(tenantId, row.length);
      }
  }

  /**
   * The event as it is written into a row without `write`: its JSON with its proof.
   * @throws AnkaError `audit-unavailable` until the process has the key
   */
  textOf(event: AuditEvent): string {
    return this.proof.textOf(event);
  }

  /** Notes a row that the caller's transaction has written without `write`. */
  noteWritten(manager: EntityManager, events: readonly EventName[]): void {
    noteRow(manager, events);
  }

  /** Counts the events of a row that is committed without `write`. All are of one tenant. */
  noteCommitted(events: readonly EventName[]): void {
    const [first] = events;
    if (first === undefined) return;
    this.share.note(first.tenantId, events.length);
    this.rows.add(events);
  }

  /** Tells the relay that more events are committed, so that it delivers them soon. */
  committed(count: number): void {
    if (count === 0) return;
    this.share.committed(count);
    this.woken = true;
    if (this.failures === 0) this.pauses.tell(this.depth);
  }

  /** Delivers the waiting rows for at most `graceMs` milliseconds, then stops. The rest is delivered after the next start. */
  async stop(graceMs = 3000): Promise<void> {
    if (!this.running || this.stopped) return;
    const end = monotonicNow() + graceMs;
    this.stopping = true;
    while (this.depth > 0 && this.failures === 0 && monotonicNow() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    this.stopped = true;
    this.lost.stop();
    this.pauses.end();
    const timer = setTimeout(() => this.channel.abandon(), Math.max(0, end - monotonicNow()));
    await this.loop;
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        this.woken = false;
        const since = monotonicNow();
        const [next] = await Promise.allSettled([this.relay.next().then((delivery) => this.settle(delivery))]);
        // Deferred rows do not wait for others that cannot be sealed now.
        const retried = this.settle(await this.relay.retry());
        if (next.status === 'rejected') throw next.reason;
        const taken = next.value + retried;
        this.failures = 0;
        if (taken === 0 || monotonicNow() - this.countedAt > countMs) await this.recount();
        if (taken > 0) await this.rest(monotonicNow() - since);
        else await this.idle();
      } catch (error) {
        this.failures++;
        this.lost.undelivered();
        this.log.warn({ reason: (error as Error).message, waiting: this.depth }, 'cannot seal outcomes yet');
        const most = Math.min(retryMs.most, retryMs.first * 2 ** Math.min(this.failures, 10));
        await this.recount().catch(() => undefined);
        await this.pauses.pause(most / 2 + Math.random() * (most / 2));
      }
    }
  }

  /** @returns how many rows were tried, sealed or not */
  private settle(delivery: Delivery | undefined): number {
    if (delivery !== undefined && delivery.sealed.length > 0) {
      this.lost.sealed();
      this.gatherMs = this.relay.gather(delivery);
    }
    for (const { tenantId, eventCount, ids } of delivery?.sealed ?? []) {
      this.share.drop(tenantId, eventCount);
      this.rows.sealed(ids);
    }
    return delivery?.taken ?? 0;
  }

  /**
   * Rests after a delivery that took `ms` milliseconds, and then gathers outcomes for the next one, until there is a slice of them. A
   * delivery costs two commits and a dozen messages, whatever its size. The first outcome after a pause is delivered at once.
   */
  private async rest(ms: number): Promise<void> {
    const rest = this.stopping ? 0 : this.relay.rest(ms, this.share.filled);
    await this.pauses.pause(rest, Number.POSITIVE_INFINITY);
    if (this.stopped || this.stopping || this.depth >= Pace.slice) return;
    await this.pauses.pause(this.gatherMs - rest, Pace.slice);
  }

  /** Waits for a commit. The wait is short when another relay holds rows, since it may fail to deliver them. */
  private async idle(): Promise<void> {
    const othersAtWork = this.depth > 0 && !this.relay.defers;
    if (!this.woken) await this.pauses.pause(othersAtWork ? retryMs.first : idleMs);
  }

  private async recount(): Promise<void> {
    const counted = this.share.begin();
    const counts = await countOutbox(this.dataSource.manager, this.proof.partition);
    counted(counts);
    const waitsSince = counts.flatMap(({ oldestAt }) => oldestAt ?? []);
    this.oldestAt = waitsSince.length === 0 ? undefined : Math.min(...waitsSince);
    this.quarantined = counts.reduce((sum, { quarantined }) => sum + quarantined, 0);
    this.countedAt = monotonicNow();
  }
}
