import { AnkaError, type AuditEvent, maxAppend } from '@ankasecure/contracts';
import { type EntityManager, In } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import type { RawReply } from '../nats/connection.js';
import { type ClaimedEntry, keepAlive } from './outbox.sql.js';
import { OutboxEntry } from './outbox-entry.entity.js';

export interface DeliveryChannel {
  /** Sends a request to the audit service. */
  ask(body: Buffer): Promise<RawReply>;
  /** Size limit of one append, in bytes. */
  readonly limit: number;
  readonly log: Logger;
}

interface Failure {
  readonly code: string;
  readonly detail: string;
}

/** Failures that the row itself causes. A retry never helps. */
const refusals: readonly string[] = ['request-invalid', 'body-malformed'];
/** The approximate limit on requests in one transaction. It locks its rows, and its results are kept only when it commits. */
const mostAsks = 64;

/**
 * Delivers the rows that one transaction holds to the audit service. The result takes effect when the transaction commits.
 * Until then the lists are only a plan.
 */
export class Delivery {
  readonly sealed: ClaimedEntry[] = [];
  /** Rows to defer. */
  readonly deferred: ClaimedEntry[] = [];
  /** Number of rows that were tried, whatever the result. */
  taken = 0;
  private asks = 0;

  constructor(
    private readonly manager: EntityManager,
    private readonly channel: DeliveryChannel,
  ) {}

  /**
   * Takes as many of the first rows as fit into one append. Sealed rows leave the outbox. A refused row is found by halving,
   * so that it delays no other. Rows without a result when the request limit is reached stay for the next delivery.
   * @throws AnkaError as the audit service answered, if all the rows may succeed later
   */
  async take(rows: readonly ClaimedEntry[]): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    const together = withinAppend(rows, this.channel.limit);
    this.taken = together.length;
    if (Buffer.byteLength(first.events) > this.channel.limit) return this.split(first);
    const failure = await this.attempt(together);
    if (failure !== undefined) await this.isolate(together, failure);
  }

  /** Seals `rows`, or returns the failure. */
  private async attempt(rows: readonly ClaimedEntry[]): Promise<Failure | undefined> {
    // The server ends a transaction that is idle for too long. A single request is far shorter than that limit.
    if (this.asks++ > 0) await keepAlive(this.manager);
    const events = rows.map((row) => row.events.slice(1, -1)).join(',');
    const { head } = await this.channel.ask(Buffer.from(`{"events":[${events}]}`));
    if (!head.ok) {
      if (head.error.retryable) throw new AnkaError(head.error.code, head.error.detail);
      return head.error;
    }
    await this.manager.delete(OutboxEntry, { id: In(rows.map(({ id }) => id)) });
    this.sealed.push(...rows);
    return undefined;
  }

  /**
   * Finds the rows that fail. If both halves fail for the same reason and it is not a row's own, halving again would learn
   * nothing.
   */
  private async isolate(rows: readonly ClaimedEntry[], failure: Failure): Promise<void> {
    const [row] = rows;
    if (row === undefined || this.asks >= mostAsks) return;
    if (rows.length === 1) return this.setAside(row, failure);
    const [first, second] = [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)];
    const firstFailure = await this.attempt(first);
    const ownReason = firstFailure !== undefined && refusals.includes(firstFailure.code);
    if (ownReason) await this.isolate(first, firstFailure);
    const secondFailure = await this.attempt(second);
    if (firstFailure !== undefined && !ownReason) {
      if (firstFailure.code === secondFailure?.code) return this.defer(rows, firstFailure);
      await this.isolate(first, firstFailure);
    }
    if (secondFailure !== undefined) await this.isolate(second, secondFailure);
  }

  /** Replaces a row by two, so that a refused event takes no others along and a large row fits into an append. */
  private async split(row: ClaimedEntry): Promise<void> {
    const events = JSON.parse(row.events) as AuditEvent[];
    if (events.length < 2) return this.quarantine(row, { code: 'request-invalid', detail: 'one event is too large' });
    const middle = events.length >> 1;
    await writeEntry(this.manager, events.slice(0, middle));
    await writeEntry(this.manager, events.slice(middle));
    await this.manager.delete(OutboxEntry, { id: row.id });
  }

  /** Quarantines a row that is refused for its own content. Defers a row whose tenant's trail cannot be sealed now. */
  private async setAside(row: ClaimedEntry, why: Failure): Promise<void> {
    if (!refusals.includes(why.code)) return this.defer([row], why);
    await (row.eventCount > 1 ? this.split(row) : this.quarantine(row, why));
  }

  private async quarantine(row: ClaimedEntry, { code, detail }: Failure): Promise<void> {
    this.channel.log.fatal(
      { outboxId: row.id, code, detail },
      'an outcome cannot be sealed and is quarantined: an operator must act',
    );
    await this.manager.update(OutboxEntry, { id: row.id }, { quarantined: true });
  }

  private defer(rows: readonly ClaimedEntry[], { code, detail }: Failure): void {
    const [first] = rows;
    this.channel.log.error(
      { outboxId: first?.id, rows: rows.length, code, detail },
      'outcomes cannot be sealed now and are deferred',
    );
    this.deferred.push(...rows);
  }
}

export const writeEntry = async (manager: EntityManager, events: readonly AuditEvent[]): Promise<void> => {
  await manager.insert(OutboxEntry, { eventCount: events.length, events: JSON.stringify(events) });
};

/** The tenant of a row's first event. The other events nearly always have the same tenant. */
export const tenantOf = ({ events }: ClaimedEntry): string => (JSON.parse(events) as AuditEvent[])[0]?.tenantId ?? '';

/** The first rows that fit into one append by events and bytes; at least one. */
const withinAppend = (rows: readonly ClaimedEntry[], maxBytes: number): readonly ClaimedEntry[] => {
  let events = 0;
  let bytes = 0;
  const end = rows.findIndex((row) => {
    events += row.eventCount;
    bytes += Buffer.byteLength(row.events);
    return events > maxAppend || bytes > maxBytes;
  });
  return end < 0 ? rows : rows.slice(0, Math.max(1, end));
};
