import { AnkaError, type ReplyHead } from '@ankasecure/contracts';
import { type EntityManager, In } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import type { RawReply } from '../nats/connection.js';
import { type ClaimedEntry, keepAlive } from './outbox.sql.js';
import { OutboxEntry } from './outbox-entry.entity.js';
import { againText, eventsOf, idsOf, mostWritten, writeRow } from './outbox-row.js';
import type { Pace } from './pace.js';

export interface DeliveryChannel {
  /** Sends a request to the audit service. */
  readonly ask: (body: Buffer) => Promise<RawReply>;
  /** Size limit of one append, in bytes. */
  readonly limit: number;
  /** Limits the events in one append. A row with more is divided. */
  readonly pace: Pace;
  /** The tenants that were refused, each asked for alone, since anything was last sealed; the latest last. It outlasts a rollback. */
  readonly refused: Set<string>;
  readonly log: Logger;
}

interface Failure extends Pick<AnkaError, 'code' | 'detail'> {
  /** Whether the answer says that a later try may succeed. */
  readonly retryable?: boolean;
}

/** Rows that cannot be sealed now. */
interface Refused {
  readonly rows: readonly ClaimedEntry[];
  readonly failure: Failure;
}

/** Codes of failures that the row itself causes. A retry never helps. */
const refusals: readonly string[] = ['request-invalid', 'body-malformed', 'access-denied', 'event-unproven'];

/** Whether a failure is of a trail, or of all of them; of a row; or of something else. */
const causeOf = ({ code, retryable }: Failure): 'trail' | 'row' | 'other' => {
  if (retryable === true) return 'trail';
  return refusals.includes(code) ? 'row' : 'other';
};

/** The failure of a row that no process of ours has written. */
const unreadable: Failure = { code: 'body-malformed', detail: 'the row is not a list of events' };
const tooLarge: Failure = { code: 'request-invalid', detail: 'one event is too large' };
const foreign: Failure = { code: 'request-invalid', detail: 'the row is larger than any that a service writes' };

/** An entry whose events were read. */
type ReadEntry = ClaimedEntry & { readonly events: string };
const isRead = (row: ClaimedEntry): row is ReadEntry => row.events !== null;

/** A row that was sealed, with the ids of its events as the audit service read them. */
export interface SealedEntry extends ClaimedEntry {
  readonly ids: readonly string[];
}

/** The approximate limit on requests in one transaction. It locks its rows, and its results are kept only when it commits. */
const mostAsks = 64;

/** If so many tenants are refused and nothing is sealed, the audit service is taken to be away. */
const mostRefused = 4;

/**
 * Delivers the rows that one transaction holds to the audit service. The result takes effect when the transaction commits.
 * Until then the lists are only a plan.
 */
export class Delivery {
  readonly sealed: SealedEntry[] = [];
  /** Rows to defer. */
  readonly deferred: ClaimedEntry[] = [];
  /** Number of rows that were tried, whatever the result. */
  taken = 0;
  private asks = 0;
  /** The tenants of all claimed rows, also of those beyond the append. */
  private tenants: ReadonlySet<string> = new Set();
  private readonly refused: Refused[] = [];
  /** Whether a row was sealed, quarantined or divided. */
  private isAnyDone = false;
  /** The ids of the rows' events, by the rows' ids. The events themselves are not kept: they take more room than their texts. */
  private readonly read = new Map<string, readonly string[]>();

  /** @param isRetry whether the rows were deferred before */
  constructor(
    private readonly manager: EntityManager,
    private readonly channel: DeliveryChannel,
    private readonly isRetry = false,
  ) {}

  /**
   * Takes as many of the first rows as fit into one append. Sealed rows leave the outbox. A refused row is found by halving,
   * so that it delays no other, and a tenant whose trail is refused by asking for each tenant alone. Rows without a result when the
   * request limit is reached stay for the next delivery.
   * @throws AnkaError if the audit service did not answer, or as it answered, if it seems to be away. Rows that were deferred before
   * are deferred again then
   */
  async take(rows: readonly ClaimedEntry[]): Promise<void> {
    const [first] = rows;
    if (first === undefined) return;
    this.tenants = new Set(rows.map(({ tenantId }) => tenantId));
    const together = withinAppend(rows, this.channel);
    this.taken = Math.max(1, together.length);
    if (!isRead(first)) return this.quarantine(first, foreign);
    const isTooMuch = first.eventCount > Math.max(1, this.channel.pace.events);
    if (isTooMuch || first.bytes > this.channel.limit) return this.split(first);
    const readable = await this.readable(together);
    const failure = readable.length === 0 ? undefined : await this.attempt(readable);
    if (failure !== undefined) await this.isolate(readable, failure);
    this.deferRefused();
  }

  /** Reads the rows' events, and quarantines rows that have none. */
  private async readable(rows: readonly ReadEntry[]): Promise<readonly ReadEntry[]> {
    for (const row of rows) {
      const events = eventsOf(row.events);
      if (events === undefined) await this.quarantine(row, unreadable);
      else this.read.set(row.id, idsOf(events));
    }
    return rows.filter(({ id }) => this.read.has(id));
  }

  /** Seals `rows`, or returns the failure. */
  private async attempt(rows: readonly ReadEntry[]): Promise<Failure | undefined> {
    // The server ends a transaction that is idle for too long. A single request is far shorter than that limit.
    if (this.asks++ > 0) await keepAlive(this.manager);
    const head = await this.offer(rows);
    if (!head.ok) return head.error;
    this.isAnyDone = true;
    this.channel.refused.clear();
    await this.manager.delete(OutboxEntry, { id: In(rows.map(({ id }) => id)) });
    this.sealed.push(...rows.map((row) => ({ ...row, ids: this.read.get(row.id) ?? [] })));
    return undefined;
  }

  /** Sends the rows' events in one append, and lets the pace know how long the answer took. */
  private async offer(rows: readonly ReadEntry[]): Promise<ReplyHead> {
    const { ask, pace } = this.channel;
    const count = rows.reduce((sum, row) => sum + row.eventCount, 0);
    const events = rows.map((row) => row.events.trim().slice(1, -1)).join(',');
    const start = performance.now();
    try {
      const { head } = await ask(Buffer.from(`{"events":[${events}]}`));
      if (!head.ok && head.error.code === 'deadline-exceeded') throw new AnkaError(head.error.code, head.error.detail);
      pace.answered(count, performance.now() - start);
      return head;
    } catch (error) {
      if (error instanceof AnkaError && error.code === 'deadline-exceeded') pace.missed(count);
      throw error;
    }
  }

  /**
   * Finds the rows that fail. If both halves fail for the same reason and it is neither a row's own nor a trail's, halving again
   * would learn nothing.
   */
  private async isolate(rows: readonly ReadEntry[], failure: Failure): Promise<void> {
    if (causeOf(failure) === 'trail') return this.isolateTenants(rows, failure);
    const [row] = rows;
    if (row === undefined || this.asks >= mostAsks) return;
    if (rows.length === 1) return this.setAside(row, failure);
    const [first, second] = [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)];
    const firstFailure = await this.attempt(first);
    const ownReason = firstFailure !== undefined && causeOf(firstFailure) !== 'other';
    if (ownReason) await this.isolate(first, firstFailure);
    const secondFailure = await this.attempt(second);
    if (firstFailure !== undefined && !ownReason) {
      if (firstFailure.code === secondFailure?.code) return this.defer(rows, firstFailure);
      await this.isolate(first, firstFailure);
    }
    if (secondFailure !== undefined) await this.isolate(second, secondFailure);
  }

  /**
   * Finds the tenants whose rows fail. The audit service answers the same for a refused trail as for all trails. A delivery has few
   * enough tenants to ask for each alone, but while nothing is sealed and the reason is the same, a few tell as much as all.
   */
  private async isolateTenants(rows: readonly ReadEntry[], failure: Failure): Promise<void> {
    const tenants = Map.groupBy(rows, ({ tenantId }) => tenantId);
    const [tenantId] = tenants.keys();
    if (tenantId !== undefined && tenants.size === 1) return this.refuse(tenantId, rows, failure);
    for (const own of tenants.values()) {
      if (this.isAway && this.refused.length >= mostRefused && this.isOneReason) return;
      const ownFailure = await this.attempt(own);
      if (ownFailure !== undefined) await this.isolate(own, ownFailure);
    }
  }

  /** Replaces a row by smaller ones, so that a refused event takes no others along and a large row fits into an append. */
  private async split(row: ReadEntry, why = tooLarge): Promise<void> {
    this.isAnyDone = true;
    const events = eventsOf(row.events);
    if (events === undefined) return this.quarantine(row, unreadable);
    if (events.length < 2) return this.quarantine(row, why);
    const part = Math.min(Math.ceil(events.length / 2), mostWritten);
    for (let from = 0; from < events.length; from += part)
      await writeRow(this.manager, events.slice(from, from + part).map(againText));
    await this.manager.delete(OutboxEntry, { id: row.id });
  }

  /** Quarantines a row that is refused for its own content. Defers a row whose tenant's trail cannot be sealed now. */
  private async setAside(row: ReadEntry, why: Failure): Promise<void> {
    if (causeOf(why) !== 'row') return this.defer([row], why);
    await this.split(row, why);
  }

  private async quarantine(row: ClaimedEntry, { code, detail }: Failure): Promise<void> {
    this.channel.log.fatal(
      { outboxId: row.id, code, detail },
      'an outcome cannot be sealed and is quarantined: an operator must act',
    );
    this.isAnyDone = true;
    await this.manager.update(OutboxEntry, { id: row.id }, { quarantined: true });
  }

  private defer(rows: readonly ClaimedEntry[], failure: Failure): void {
    this.refused.push({ rows, failure });
  }

  /** Defers a tenant's rows, and notes the tenant as the one that was refused last. A retry says nothing about the other tenants. */
  private refuse(tenantId: string, rows: readonly ClaimedEntry[], failure: Failure): void {
    this.defer(rows, failure);
    if (this.isRetry) return;
    this.channel.refused.delete(tenantId);
    this.channel.refused.add(tenantId);
  }

  private get isOneReason(): boolean {
    return new Set(this.refused.map(({ failure }) => failure.code)).size === 1;
  }

  /**
   * Whether it seems to be the audit service that fails, and not a trail: since anything was last sealed, all tenants of the claimed
   * rows were refused, or a few of them. One tenant's large row may fill an append, so a refusal alone does not tell.
   */
  private get isAway(): boolean {
    if (this.isRetry || this.isAnyDone || this.refused.some(({ failure }) => causeOf(failure) !== 'trail'))
      return false;
    const { refused } = this.channel;
    return refused.size >= mostRefused || [...this.tenants].every((id) => refused.has(id));
  }

  /** If no trail can be sealed, the rows are not deferred one by one. They wait for the audit service. */
  private deferRefused(): void {
    const [first] = this.refused;
    if (first !== undefined && this.isAway) throw new AnkaError(first.failure.code, first.failure.detail);
    for (const { rows, failure } of this.refused) {
      const { code, detail } = failure;
      const told = { outboxId: rows[0]?.id, rows: rows.length, code, detail };
      // A first refusal is usual: a tenant's events may be offered before its creation is finished.
      this.channel.log[this.isRetry ? 'error' : 'warn'](told, 'outcomes cannot be sealed now and are deferred');
      this.deferred.push(...rows);
    }
  }
}

/** The first rows that fit into one append by events and bytes; at least one, if it was read. */
const withinAppend = (
  rows: readonly ClaimedEntry[],
  { pace, limit }: Pick<DeliveryChannel, 'pace' | 'limit'>,
): readonly ReadEntry[] => {
  let events = 0;
  let bytes = 0;
  const end = rows.findIndex((row) => {
    events += row.eventCount;
    bytes += row.bytes;
    return events > pace.events || bytes > limit;
  });
  return (end < 0 ? rows : rows.slice(0, Math.max(1, end))).filter(isRead);
};
