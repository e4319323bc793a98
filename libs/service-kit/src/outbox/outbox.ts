import {
  AnkaError,
  type AuditEvent,
  appendEvents,
  type Context,
  maxAppend,
  platformTenantId,
  type Service,
} from '@ankasecure/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import type { Bus, RawReply } from '../nats/bus.js';

interface Row {
  readonly id: string;
  readonly event_count: number;
  readonly events: string;
}

export interface OutboxOptions {
  /** Events that may wait before operations are refused. */
  readonly capacity: number;
  /** Rows taken to the audit service at once. */
  readonly batch: number;
}

const defaults: OutboxOptions = { capacity: 200_000, batch: 256 };
const idleMs = 1000;
/**
 * How long outcomes gather between one delivery and the next, in milliseconds, unless so many have come already: a delivery
 * costs two commits and a dozen messages whatever it carries. The first after a pause goes at once.
 */
const gathering = { ms: 50, events: 2000 };
const retryMs = { first: 100, most: 5000 };
const appendTimeoutMs = 20_000;
/** How old the count of what waits may be: other processes put in and take out as well. */
const countMs = 1000;
/**
 * How long a row is left aside that the audit service refused for a reason that is not the row's: doubled at each refusal,
 * since most such reasons pass (a worker that died while it computed the MAC) and some stay.
 */
const deferMs = { first: 1000, most: 60_000 };
/** Refusals of what the row says, which will never be another. */
const refusals: readonly string[] = ['request-invalid', 'body-malformed'];
/** Kept of the bus's largest message for the head. */
const headBytes = 4096;

/**
 * Outcomes on their way to the audit trail. They are written in the transaction of what they report, and one relay per
 * process takes them on: rows leave when the audit service has answered that they are sealed, and only then. Several
 * processes may share a table (rows under way are skipped); an event that arrives twice is sealed once.
 */
export class Outbox {
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
  /** Rows left aside: until when, and how often they were refused. */
  private readonly deferred = new Map<string, { readonly until: number; readonly times: number }>();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly service: Service,
    private readonly dataSource: DataSource,
    private readonly bus: Bus,
    private readonly log: Logger,
    private readonly options: OutboxOptions = defaults,
  ) {}

  start(): void {
    this.running = true;
    this.loop = this.run();
  }

  /** Events that the audit service refused and that wait for a person, as last counted. */
  quarantined = 0;

  /** Events that wait, as last known. */
  get depth(): number {
    return this.waiting;
  }

  /** @throws AnkaError `audit-unavailable` when so much waits that nothing more may happen unrecorded */
  assertRoom(): void {
    if (this.waiting >= this.options.capacity)
      throw new AnkaError(
        'audit-unavailable',
        'Too many outcomes wait for the audit service; nothing is done that cannot be recorded',
      );
  }

  /** Writes `events` in the caller's transaction; call `committed` after it. */
  async write(manager: EntityManager, events: readonly AuditEvent[]): Promise<void> {
    await manager.query('INSERT INTO outbox (event_count, events) VALUES ($1, $2)', [
      events.length,
      JSON.stringify(events),
    ]);
  }

  /** Says that `count` more events are committed, so that the relay does not wait for its next look. */
  committed(count: number): void {
    this.waiting += count;
    this.sinceCount += count;
    this.woken = true;
    if (this.failures === 0 && !(this.gathers && this.waiting < gathering.events)) this.wake();
  }

  /** Sends what waits, as far as the audit service answers within `graceMs`, and stops. What is left is sent after the next start. */
  async stop(graceMs = 3000): Promise<void> {
    if (!this.running) return;
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
        const relayed = await this.relay();
        this.failures = 0;
        if (relayed === 0 || Date.now() - this.countedAt > countMs) await this.recount();
        if (relayed > 0) await this.gather();
        else await this.idle();
      } catch (error) {
        this.failures++;
        this.log.warn({ reason: (error as Error).message, waiting: this.waiting }, 'outcomes could not be sealed yet');
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

  /** Waits for a commit; not for long when rows wait that another relay has taken and may fail to deliver. */
  private async idle(): Promise<void> {
    const othersAtWork = this.waiting > 0 && this.leftAside().length === 0;
    if (!this.woken) await this.pause(othersAtWork ? retryMs.first : idleMs);
  }

  private async relay(): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<Row[]>(
        `SELECT id, event_count, events FROM outbox WHERE NOT quarantined AND id <> ALL($2::bigint[])
         ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
        [this.options.batch, this.leftAside()],
      );
      if (rows.length === 0) return 0;
      const limit = this.bus.maxPayload - headBytes;
      const taken = withinAppend(rows, limit);
      const [first] = taken;
      if (first !== undefined && Buffer.byteLength(first.events) > limit) {
        await this.split(manager, first);
        return 1;
      }
      await this.append(manager, taken);
      return taken.length;
    });
  }

  private leftAside(): readonly string[] {
    const now = Date.now();
    // Tried again at its time, a row is sealed or refused once more: one that long ago was another relay's.
    for (const [id, { until }] of this.deferred) if (until + deferMs.most <= now) this.deferred.delete(id);
    return [...this.deferred].flatMap(([id, { until }]) => (until > now ? [id] : []));
  }

  /** Takes rows to the audit service; those that are sealed leave. A row that is refused is found by halving, so that it holds up no other. */
  private async append(manager: EntityManager, rows: readonly Row[]): Promise<void> {
    const events = rows.map((row) => row.events.slice(1, -1)).join(',');
    const { head } = await this.ask(Buffer.from(`{"events":[${events}]}`));
    if (head.ok) return this.remove(manager, rows);
    const { code, detail, retryable } = head.error;
    if (retryable) throw new AnkaError(code, detail);
    const [row] = rows;
    if (row !== undefined && rows.length === 1) {
      if (refusals.includes(code) && row.event_count > 1) return this.split(manager, row);
      return this.setAside(manager, row.id, { code, detail });
    }
    const middle = rows.length >> 1;
    await this.append(manager, rows.slice(0, middle));
    return this.append(manager, rows.slice(middle));
  }

  /** Two rows instead of one, so that one event can neither take others along when it is refused, nor be too many to send. */
  private async split(manager: EntityManager, row: Row): Promise<void> {
    const events = JSON.parse(row.events) as AuditEvent[];
    if (events.length < 2)
      return this.setAside(manager, row.id, { code: 'request-invalid', detail: 'one event is too large' });
    const middle = events.length >> 1;
    await this.write(manager, events.slice(0, middle));
    await this.write(manager, events.slice(middle));
    await manager.query('DELETE FROM outbox WHERE id = $1', [row.id]);
  }

  private ask(body: Buffer): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      this.giveUp = reject;
      this.bus.requestRaw(appendEvents.subject, this.context(), body).then(resolve, reject);
    });
  }

  private async remove(manager: EntityManager, rows: readonly Row[]): Promise<void> {
    await manager.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [rows.map(({ id }) => id)]);
    for (const { id } of rows) this.deferred.delete(id);
    const count = rows.reduce((sum, row) => sum + row.event_count, 0);
    this.waiting = Math.max(0, this.waiting - count);
  }

  /** For good when the row itself is refused; for a while when its tenant's trail cannot be sealed. */
  private async setAside(manager: EntityManager, id: string, why: { code: string; detail: string }): Promise<void> {
    if (refusals.includes(why.code)) {
      this.log.fatal({ outboxId: id, ...why }, 'an outcome cannot be sealed and is set aside: it needs a person');
      await manager.query('UPDATE outbox SET quarantined = true WHERE id = $1', [id]);
      return;
    }
    this.log.error({ outboxId: id, ...why }, 'an outcome cannot be sealed now and is left aside for a while');
    const times = (this.deferred.get(id)?.times ?? 0) + 1;
    const ms = Math.min(deferMs.most, deferMs.first * 2 ** (times - 1));
    this.deferred.set(id, { until: Date.now() + ms, times });
  }

  private async recount(): Promise<void> {
    this.sinceCount = 0;
    const [row] = await this.dataSource.query<{ waiting: string; quarantined: string }[]>(
      `SELECT coalesce(sum(event_count) FILTER (WHERE NOT quarantined), 0) AS waiting,
              coalesce(sum(event_count) FILTER (WHERE quarantined), 0) AS quarantined FROM outbox`,
    );
    this.quarantined = Number(row?.quarantined ?? 0);
    this.waiting = Number(row?.waiting ?? 0) + this.sinceCount;
    this.countedAt = Date.now();
  }

  private context(): Context {
    return {
      tenantId: platformTenantId,
      principal: this.service,
      correlationId: crypto.randomUUID(),
      deadline: Date.now() + appendTimeoutMs,
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

/** As many of the first rows as one append may carry in events and bytes, at least one. */
const withinAppend = (rows: readonly Row[], maxBytes: number): readonly Row[] => {
  let events = 0;
  let bytes = 0;
  const end = rows.findIndex((row) => {
    events += row.event_count;
    bytes += Buffer.byteLength(row.events);
    return events > maxAppend || bytes > maxBytes;
  });
  return end < 0 ? rows : rows.slice(0, Math.max(1, end));
};
