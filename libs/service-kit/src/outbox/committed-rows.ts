import { type EventName, monotonicNow } from '@ankasecure/contracts';

/** The events of one row of the outbox, and when it was committed, as a moment of `monotonicNow`. */
export interface CommittedRow {
  readonly events: readonly EventName[];
  readonly at: number;
}

/** Rows of this process that are committed and not known to be sealed. */
export class CommittedRows {
  /** By the id of the row's first event. */
  private readonly rows = new Map<string, CommittedRow>();
  private total = 0;

  /** @param capacity events to remember */
  constructor(private readonly capacity: number) {}

  /** The number of remembered events. */
  get events(): number {
    return this.total;
  }

  /** Whether half of the room is taken. */
  get isCrowded(): boolean {
    return this.total * 2 >= this.capacity;
  }

  /** Whether no more events may be committed, since one of them would have to be forgotten. */
  get isFull(): boolean {
    return this.total >= this.capacity;
  }

  add(events: readonly EventName[], at = monotonicNow()): void {
    const [first] = events;
    if (first === undefined) return;
    this.rows.set(first.eventId, { events, at });
    this.total += events.length;
  }

  /** Forgets a row that was delivered and sealed, if it has exactly the events that were committed. @param ids of its events */
  sealed(ids: readonly string[]): void {
    const [first] = ids;
    const row = first === undefined ? undefined : this.rows.get(first);
    if (row === undefined || row.events.length !== ids.length) return;
    if (row.events.every(({ eventId }, index) => eventId === ids[index])) this.drop(row);
  }

  /** The oldest rows with at most `most` events, at least one row, of those that were committed before `until`. */
  before(until: number, most: number): readonly CommittedRow[] {
    const due: CommittedRow[] = [];
    let events = 0;
    for (const row of this.rows.values()) {
      events += row.events.length;
      if (row.at >= until || (due.length > 0 && events > most)) break;
      due.push(row);
    }
    return due;
  }

  /** Keeps only some of a row's events, behind all other rows. */
  keep(row: CommittedRow, events: readonly EventName[], at = monotonicNow()): void {
    this.drop(row);
    this.add(events, at);
  }

  private drop({ events }: CommittedRow): void {
    const [first] = events;
    if (first !== undefined && this.rows.delete(first.eventId)) this.total -= events.length;
  }
}
