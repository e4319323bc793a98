import {
  AnkaError,
  type AuditEvent,
  appendEvents,
  type Context,
  monotonicNow,
  newId,
  platformTenantId,
  type Service,
} from '@ankasecure/contracts';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { DataSource, EntityManager } from 'typeorm';
import { withNotedChanges } from '../database/noted-changes.js';
import type { Logger } from '../logging/logger.js';
import type { BusClient } from '../nats/client.js';
import type { RawReply } from '../nats/connection.js';
import { Deferrals } from './deferral.js';
import { Delivery, type DeliveryChannel, tenantOf, writeEntry } from './delivery.js';
import { type ClaimedEntry, claimEntries, claimFirstEntries, countOutbox } from './outbox.sql.js';
import { meterOutbox } from './outbox-metrics.js';

export interface OutboxOptions {
  /** Events that may wait before operations are refused. */
  readonly capacity: number;
  /** Rows delivered to the audit service at once. */
  readonly batch: number;
}

const defaults: OutboxOptions = { capacity: 200_000, batch: 256 };
const idleMs = 1000;
/**
 * Outcomes gather between two deliveries for `ms` milliseconds, or until there are `events` of them. A delivery costs two
 * commits and a dozen messages, whatever its size. The first outcome after a pause is delivered at once.
 */
const gathering = { ms: 200, events: 2000 };
const retryMs = { first: 100, most: 5000 };
/**
 * Time limit of one append, in milliseconds. An audit service that dies while it seals never answers, and its rows wait
 * until then.
 */
const appendTimeoutMs = 8000;
/** Maximum age of the count, in milliseconds. Other processes change the table too. */
const countMs = 1000;
/** Bytes of the largest bus message that are reserved for the head. */
const headBytes = 4096;

/**
 * Delivers outcomes to the audit trail. An outcome is written in the transaction of the action it reports. One relay per
 * process delivers the rows. A row is deleted only when the audit service has answered that it is sealed. Several processes
 * may share a table: a relay skips rows that another one holds, and an event that arrives twice is sealed once.
 */
export class Outbox implements OnApplicationBootstrap, OnApplicationShutdown {
  private waiting = 0;
  private failures = 0;
  private running = false;
  private stopped = false;
  private woken = false;
  private gathers = false;
  private wake: () => void = () => undefined;
  private giveUp: (reason: Error) => void = () => undefined;
  private countedAt = 0;
  /** Events that this process has committed since the last count began. */
  private sinceCount = 0;
  private readonly deferrals = new Deferrals();
  private readonly options: OutboxOptions;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly service: Service,
    private readonly dataSource: DataSource,
    private readonly bus: Pick<BusClient, 'maxPayload' | 'requestRaw'>,
    private readonly log: Logger,
    options: Partial<OutboxOptions> = {},
  ) {
    this.options = { ...defaults, ...options };
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Registers gauges for depth, age and quarantined events. */
  meter(registry: Registry): this {
    meterOutbox(this, registry);
    return this;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.loop = this.run();
  }

  /** The number of quarantined events at the last count. They wait for an operator. */
  quarantined = 0;

  /** When the oldest waiting event was committed, by the last count; milliseconds since the epoch. */
  oldestAt: number | undefined;

  /** The number of waiting events, as last known. */
  get depth(): number {
    return this.waiting;
  }

  /** @throws AnkaError `audit-unavailable` when the outbox is full */
  assertRoom(): void {
    if (this.waiting >= this.options.capacity)
      throw new AnkaError(
        'audit-unavailable',
        'Too many outcomes are waiting for the audit service. Operations are refused until they can be recorded.',
      );
  }

  /** Writes `events` in the caller's transaction. Call `committed` after it commits. */
  async write(manager: EntityManager, events: readonly AuditEvent[]): Promise<void> {
    await writeEntry(manager, withNotedChanges(manager, events));
  }

  /** Tells the relay that `count` more events are committed, so that it delivers them soon. */
  committed(count: number): void {
    this.waiting += count;
    this.sinceCount += count;
    this.woken = true;
    if (this.failures === 0 && !(this.gathers && this.waiting < gathering.events)) this.wake();
  }

  /** Delivers the waiting rows for at most `graceMs` milliseconds, then stops. The rest is delivered after the next start. */
  async stop(graceMs = 3000): Promise<void> {
    if (!this.running || this.stopped) return;
    const end = Date.now() + graceMs;
    while (this.waiting > 0 && this.failures === 0 && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    this.stopped = true;
    this.wake();
    const timer = setTimeout(() => this.giveUp(new Error('stopping')), Math.max(0, end - Date.now()));
    await this.loop;
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        this.woken = false;
        const relayed = (await this.deliver()) + (await this.retry());
        this.failures = 0;
        if (relayed === 0 || Date.now() - this.countedAt > countMs) await this.recount();
        if (relayed > 0) await this.gather();
        else await this.idle();
      } catch (error) {
        this.failures++;
        this.log.warn({ reason: (error as Error).message, waiting: this.waiting }, 'cannot seal outcomes yet');
        const most = Math.min(retryMs.most, retryMs.first * 2 ** Math.min(this.failures, 10));
        await this.recount().catch(() => undefined);
        await this.pause(most / 2 + Math.random() * (most / 2));
      }
    }
  }

  private async gather(): Promise<void> {
    if (this.stopped || this.waiting >= gathering.events) return;
    this.gathers = true;
    await this.pause(gathering.ms);
    this.gathers = false;
  }

  /** Waits for a commit. The wait is short when another relay holds rows, since it may fail to deliver them. */
  private async idle(): Promise<void> {
    const othersAtWork = this.waiting > 0 && this.deferrals.ids.length === 0;
    if (!this.woken) await this.pause(othersAtWork ? retryMs.first : idleMs);
  }

  /** Retries deferred rows in a transaction of their own, so that no other row waits for them. */
  private async retry(): Promise<number> {
    const due = this.deferrals.due(this.options.batch);
    return due.length === 0 ? 0 : this.deliver(due);
  }

  /**
   * @param due rows to deliver; by default the first rows that are not deferred
   * @returns how many rows were tried, sealed or not
   */
  private async deliver(due: readonly string[] = []): Promise<number> {
    const { batch } = this.options;
    const [delivery, untaken] = await this.dataSource.transaction(async (manager) => {
      const rows =
        due.length > 0
          ? await claimEntries(manager, batch, due)
          : await claimFirstEntries(manager, batch, this.deferrals.ids);
      const under = new Delivery(manager, this.channel());
      await under.take(rows);
      return [under, rows.slice(under.taken)] as const;
    });
    this.remember(delivery, due, untaken);
    return delivery.taken;
  }

  /** Records the result of a delivery. Call it after the commit. */
  private remember({ sealed, deferred }: Delivery, due: readonly string[], untaken: readonly ClaimedEntry[]): void {
    // The other due rows are sealed, quarantined, or held by another relay.
    const stay = new Set([...deferred, ...untaken].map(({ id }) => id));
    this.deferrals.drop(due.filter((id) => !stay.has(id)));
    for (const row of deferred) this.deferrals.put(row.id, tenantOf(row));
    this.waiting = Math.max(0, this.waiting - sealed.reduce((sum, row) => sum + row.eventCount, 0));
  }

  private channel(): DeliveryChannel {
    return { ask: (body) => this.ask(body), limit: this.bus.maxPayload - headBytes, log: this.log };
  }

  private ask(body: Buffer): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      this.giveUp = reject;
      this.bus.requestRaw(appendEvents.subject, this.context(), body).then(resolve, reject);
    });
  }

  private async recount(): Promise<void> {
    this.sinceCount = 0;
    const { waiting, quarantined, oldest } = await countOutbox(this.dataSource.manager);
    this.oldestAt = oldest?.getTime();
    this.quarantined = quarantined;
    this.waiting = waiting + this.sinceCount;
    this.countedAt = Date.now();
  }

  private context(): Context {
    return {
      tenantId: platformTenantId,
      principal: this.service,
      correlationId: newId(),
      deadline: monotonicNow() + appendTimeoutMs,
    };
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }
}
