import { AnkaError, type AuditEvent, maxAppend } from '@ankasecure/contracts';
import { type EntityManager, In } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import type { RawReply } from '../nats/connection.js';
import { type ClaimedEntry, keepAlive } from './outbox.sql.js';
import { OutboxEntry } from './outbox-entry.entity.js';

export interface Way {
  /** Asks the audit service. */
  ask(body: Buffer): Promise<RawReply>;
  /** Bytes of one append. */
  readonly limit: number;
  readonly log: Logger;
}

interface Failure {
  readonly code: string;
  readonly detail: string;
}

/** Failures that are caused by the row itself, so a retry never helps. */
const refusals: readonly string[] = ['request-invalid', 'body-malformed'];
/** Most requests of one transaction, about. The transaction locks its rows, and its findings are kept only when it commits. */
const mostAsks = 64;

/**
 * Delivers the rows that one transaction holds to the audit service. The result takes effect when the transaction commits;
 * until then the lists are only a plan.
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
    private readonly way: Way,
  ) {}

  /**
   * Takes as many of the first rows as go into one append. Those that are sealed leave; one that is refused is found by
   * halving, so that it holds up no other. What is neither when the asks are used up stays for the next time.
   * @throws AnkaError as the audit service answered when all of it may succeed later
   */
  async take(rows: readonly ClaimedEntry[]): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    const together = withinAppend(rows, this.way.limit);
    this.taken = together.length;
    if (Buffer.byteLength(first.events) > this.way.limit) return this.split(first);
    const failure = await this.attempt(together);
    if (failure !== undefined) await this.isolate(together, failure);
  }

  /** Seals `rows`, or says why not. */
  private async attempt(rows: readonly ClaimedEntry[]): Promise<Failure | undefined> {
    // The server ends a transaction in which nothing is said for too long; each ask alone is far shorter than that.
    if (this.asks++ > 0) await keepAlive(this.manager);
    const events = rows.map((row) => row.events.slice(1, -1)).join(',');
    const { head } = await this.way.ask(Buffer.from(`{"events":[${events}]}`));
    if (!head.ok) {
      if (head.error.retryable) throw new AnkaError(head.error.code, head.error.detail);
      return head.error;
    }
    await this.manager.delete(OutboxEntry, { id: In(rows.map(({ id }) => id)) });
    this.sealed.push(...rows);
    return undefined;
  }

  /** Both halves failing for the same reason, and none that is a row's own: looking further would only ask the same again. */
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

  /** Two rows instead of one, so that one event can neither take others along when it is refused, nor be too many to send. */
  private async split(row: ClaimedEntry): Promise<void> {
    const events = JSON.parse(row.events) as AuditEvent[];
    if (events.length < 2) return this.quarantine(row, { code: 'request-invalid', detail: 'one event is too large' });
    const middle = events.length >> 1;
    await writeEntry(this.manager, events.slice(0, middle));
    await writeEntry(this.manager, events.slice(middle));
    await this.manager.delete(OutboxEntry, { id: row.id });
  }

  /** Quarantines a row that is itself refused; defers one whose tenant's trail cannot be sealed now. */
  private async setAside(row: ClaimedEntry, why: Failure): Promise<void> {
    if (!refusals.includes(why.code)) return this.defer([row], why);
    await (row.eventCount > 1 ? this.split(row) : this.quarantine(row, why));
  }

  private async quarantine(row: ClaimedEntry, { code, detail }: Failure): Promise<void> {
    this.way.log.fatal(
      { outboxId: row.id, code, detail },
      'an outcome cannot be sealed and is quarantined: an operator must act',
    );
    await this.manager.update(OutboxEntry, { id: row.id }, { quarantined: true });
  }

  private defer(rows: readonly ClaimedEntry[], { code, detail }: Failure): void {
    const [first] = rows;
    this.way.log.error(
      { outboxId: first?.id, rows: rows.length, code, detail },
      'outcomes cannot be sealed now and are deferred',
    );
    this.deferred.push(...rows);
  }
}

export const writeEntry = async (manager: EntityManager, events: readonly AuditEvent[]): Promise<void> => {
  await manager.insert(OutboxEntry, { eventCount: events.length, events: JSON.stringify(events) });
};

/** The tenant of a row's first event; the others are nearly always the same tenant's. */
export const tenantOf = ({ events }: ClaimedEntry): string => (JSON.parse(events) as AuditEvent[])[0]?.tenantId ?? '';

/** The first rows that fit into one append by events and bytes, at least one. */
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
