import { setTimeout as delay } from 'node:timers/promises';
import { auditEvent, type EventName, findUnsealed, maxAsked, monotonicNow, newId } from '@ankasecure/contracts';
import { Counter, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import { BoundedMap } from '../memory/bounded-map.js';
import { QuietPeriod } from '../memory/quiet-period.js';
import type { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
import type { AppendChannel } from './append-channel.js';
import { type CommittedRow, type CommittedRows, eventsIn } from './committed-rows.js';
import { waitingEvents } from './outbox.sql.js';
import type { OutboxProof } from './outbox-proof.js';
import { type Asked, SearchFailures } from './search-failures.js';

/** A row is looked for when it is so old, in milliseconds, and rounds are so far apart: less if memory runs short. */
const roundMs = { calm: 15_000, crowded: 1_000 };
/** After the time of so many rounds without success, operations are refused: five minutes. */
const mostRounds = 20;
/** Events that are looked for at once. */
const atOnce = 20_000;
/** Time limit of a question to the audit service, in milliseconds. */
const patienceMs = 10_000;
/** The ids of events that one event names. They fit into one detail. */
const mostNamed = 12;
/** The most tenants whose losses are remembered. */
const mostTenants = 10_000;

/** A tenant's lost events that no event tells of yet. */
interface Loss {
  readonly count: number;
  readonly first: readonly string[];
}

/** The parts of the outbox that the search for lost events needs. */
export interface OutboxSearch {
  readonly proof: OutboxProof;
  readonly dataSource: DataSource;
  readonly bus: Pick<BusClient, 'request'>;
  readonly channel: AppendChannel;
  readonly log: Logger;
}

/**
 * Looks for committed events that neither wait in the outbox nor are sealed: somebody has taken them out of the database, or out
 * of the relay's sight. A quarantined row waits for nobody, whoever has set it aside: the table's flags are the owner's. Most
 * rows are known to be sealed because this process has delivered them. For the others, which another process has delivered, it
 * asks the audit service. Losses raise an alarm and are put on record without the database.
 */
export class LostEvents {
  private stopped = false;
  private lost = 0;
  private readonly losses = new BoundedMap<string, Loss>(mostTenants);
  private readonly quiet = new QuietPeriod(mostTenants);
  private readonly failures: SearchFailures;
  private asked: Asked = 'audit';

  constructor(
    private readonly parts: OutboxSearch,
    private readonly rows: CommittedRows,
    private readonly calmMs = roundMs.calm,
  ) {
    this.failures = new SearchFailures(parts.log, calmMs * mostRounds);
  }

  /** Whether events have not been found for so long that nothing more may be committed. */
  get isOverdue(): boolean {
    return !this.rows.isEmpty && this.failures.isTooLong;
  }

  /** Notes that the audit service has sealed events of this process. */
  sealed(): void {
    this.failures.sealed();
  }

  /** Notes that a delivery failed. */
  undelivered(): void {
    this.failures.undelivered();
  }

  meter(registry: Registry): void {
    this.failures.meter(registry);
    const read = (): number => this.lost;
    new Counter({
      name: 'ankasecure_outbox_lost_total',
      help: 'Committed events that were taken out of the outbox, or quarantined, before they were sealed',
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  start(): void {
    void this.run();
  }

  stop(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    const shortMs = Math.min(roundMs.crowded, this.calmMs);
    let last = monotonicNow();
    for (;;) {
      await delay(shortMs, undefined, { ref: false });
      if (this.stopped) return;
      const pauseMs = this.rows.isCrowded ? shortMs : this.calmMs;
      if (monotonicNow() - last < pauseMs) continue;
      await this.round(pauseMs);
      last = monotonicNow();
    }
  }

  private async round(ageMs: number): Promise<void> {
    const startedAt = monotonicNow();
    try {
      await this.look(startedAt - ageMs);
      this.failures.succeeded();
      await this.putOnRecord();
    } catch (error) {
      this.failures.failed(this.asked, startedAt, error);
    }
  }

  /** Looks for the rows that were committed before `until`: for all, unless most of them wait. */
  private async look(until: number): Promise<void> {
    for (;;) {
      const rows = this.rows.before(until, atOnce);
      if (rows.length === 0) return;
      const waiting = await this.lookFor(rows);
      if (waiting * 2 >= rows.reduce((sum, { count }) => sum + count, 0)) return;
    }
  }

  /**
   * Looks for rows. The outbox is read before the last question: a row leaves it when its events are sealed.
   * An event of which the audit service can tell nothing now is looked for again.
   * @returns the number of events that wait, or of which nothing is known
   */
  private async lookFor(rows: readonly CommittedRow[]): Promise<number> {
    const { unsealed, unknown } = await this.unsealed(rows.flatMap(eventsIn));
    const waiting = unsealed.length === 0 ? new Set<string>() : await this.waiting(unsealed);
    const again = await this.unsealed(unsealed.filter(({ eventId }) => !waiting.has(eventId)));
    const gone = again.unsealed;
    const kept = new Set([...waiting, ...unknown, ...again.unknown]);
    for (const row of rows) this.keepWaiting(row, kept);
    for (const [tenantId, own] of Map.groupBy(gone, (event) => event.tenantId)) this.note(tenantId, own);
    return kept.size;
  }

  private keepWaiting(row: CommittedRow, waiting: ReadonlySet<string>): void {
    this.rows.keep(
      row,
      eventsIn(row).filter(({ eventId }) => waiting.has(eventId)),
    );
  }

  /** Asks which events no trail holds, and of which nothing can be told now. */
  private async unsealed(
    events: readonly EventName[],
  ): Promise<{ readonly unsealed: readonly EventName[]; readonly unknown: ReadonlySet<string> }> {
    this.asked = 'audit';
    const [unsealed, unknown] = [new Set<string>(), new Set<string>()];
    const { bus, proof } = this.parts;
    for (let from = 0; from < events.length; from += maxAsked) {
      const some = events.slice(from, from + maxAsked);
      const answer = await bus.request(findUnsealed, '', ownContext(proof.service, patienceMs), { events: some });
      for (const eventId of answer.unsealed) unsealed.add(eventId);
      for (const eventId of answer.unknown ?? []) unknown.add(eventId);
    }
    return { unsealed: events.filter(({ eventId }) => unsealed.has(eventId)), unknown };
  }

  private waiting(events: readonly EventName[]): Promise<ReadonlySet<string>> {
    this.asked = 'database';
    const { dataSource, proof } = this.parts;
    const tenantIds = [...new Set(events.map(({ tenantId }) => tenantId))];
    const eventIds = events.map(({ eventId }) => eventId);
    return waitingEvents(dataSource.manager, proof.partition, tenantIds, eventIds);
  }

  private note(tenantId: string, events: readonly EventName[]): void {
    const ids = events.map(({ eventId }) => eventId);
    const { count, first } = this.losses.get(tenantId) ?? { count: 0, first: [] };
    this.lost += ids.length;
    this.losses.set(tenantId, { count: count + ids.length, first: [...first, ...ids].slice(0, mostNamed) });
    this.parts.log.error(
      { alarm: 'outbox-lost', tenantId, events: ids.length, first: ids.slice(0, mostNamed) },
      'audit events were taken out of the outbox, or quarantined, before they were sealed',
    );
  }

  /** Tells each tenant's trail. The events go to the audit service directly, because the outbox is what lost the others. */
  private async putOnRecord(): Promise<void> {
    this.asked = 'audit';
    for (const [tenantId, loss] of [...this.losses]) {
      if (!this.quiet.isDue(tenantId)) continue;
      try {
        await this.tell(tenantId, loss);
        this.losses.delete(tenantId);
      } catch (error) {
        this.quiet.end(tenantId);
        throw error;
      }
    }
  }

  private async tell(tenantId: string, { count, first }: Loss): Promise<void> {
    const { proof, channel } = this.parts;
    const actor = { tenantId, principal: proof.service, correlationId: newId() };
    const details = { count: String(count), events: first.join(' ') };
    const event = auditEvent(actor, { operation: 'outbox.lose', failureCode: 'event-lost', details });
    const { head } = await channel.ask(Buffer.from(`{"events":[${proof.textOf(event)}]}`));
    if (!head.ok) throw new Error(`the loss of events is not on record: ${head.error.code}`);
  }
}
