import { type EventName, monotonicNow } from '@ankasecure/contracts';

/** The events of one row of the outbox, which are all of one tenant. */
export interface CommittedRow {
  /** The id of the first event. */
  readonly name: string;
  readonly tenantId: string;
  /** The events' ids and correlation ids in one text, because an audit service that is away leaves many of them. */
  readonly packed: string;
  readonly count: number;
  /** When it was committed, as a moment of `monotonicNow`. */
  readonly committedAt: number;
  /** When it was last looked for, or committed. */
  readonly at: number;
}

/** No id contains it. */
const separator = '\0';

const pack = (events: readonly EventName[]): string =>
  events.flatMap(({ eventId, correlationId }) => [eventId, correlationId]).join(separator);

/** The events of a row. */
export const eventsIn = ({ tenantId, packed }: CommittedRow): readonly EventName[] => {
  const parts = packed.split(separator);
  return Array.from({ length: parts.length / 2 }, (_, index) => ({
    tenantId,
    eventId: parts[index * 2] as string,
    correlationId: parts[index * 2 + 1] as string,
  }));
};

/** Rows of this process that are committed and not known to be sealed. */
export class CommittedRows {
  private readonly rows = new Map<string, CommittedRow>();
  private total = 0;

  /** @param capacity events to remember */
  constructor(private readonly capacity: number) {}

  /** Whether half of the room is taken. */
  get isCrowded(): boolean {
    return this.total * 2 >= this.capacity;
  }

  /** Whether no more events may be committed, since one of them would have to be forgotten. */
  get isFull(): boolean {
    return this.total >= this.capacity;
  }

  /** When the oldest row was committed. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const { committedAt } of this.rows.values())
      if (oldest === undefined || committedAt < oldest) oldest = committedAt;
    return oldest;
  }

  get isEmpty(): boolean {
    return this.rows.size === 0;
  }

  add(events: readonly EventName[], committedAt = monotonicNow(), at = committedAt): void {
    const [first] = events;
    if (first === undefined) return;
    const { eventId: name, tenantId } = first;
    this.rows.set(name, { name, tenantId, packed: pack(events), count: events.length, committedAt, at });
    this.total += events.length;
  }

  /** Forgets a row that was delivered and sealed, if it has exactly the events that were committed. @param ids of its events */
  sealed(ids: readonly string[]): void {
    const [first = ''] = ids;
    const row = this.rows.get(first);
    if (row === undefined || row.count !== ids.length) return;
    if (eventsIn(row).every(({ eventId }, index) => eventId === ids[index])) this.drop(row);
  }

  /** The oldest rows with at most `most` events, at least one row, of those that were committed before `until`. */
  before(until: number, most: number): readonly CommittedRow[] {
    const due: CommittedRow[] = [];
    let events = 0;
    for (const row of this.rows.values()) {
      events += row.count;
      if (row.at >= until || (due.length > 0 && events > most)) break;
      due.push(row);
    }
    return due;
  }

  /** Keeps only some of a row's events, behind all other rows. */
  keep(row: CommittedRow, events: readonly EventName[], at = monotonicNow()): void {
    this.drop(row);
    this.add(events, row.committedAt, at);
  }

  private drop({ name, count }: CommittedRow): void {
    if (this.rows.delete(name)) this.total -= count;
  }
}
