import { AnkaError } from '@ankasecure/contracts';

/** A tenant's waiting events, as a count of the table found them. */
export interface TenantCount {
  readonly tenantId: string;
  readonly waiting: number;
}

const add = (counts: Map<string, number>, tenantId: string, events: number): void =>
  void counts.set(tenantId, (counts.get(tenantId) ?? 0) + events);

/**
 * Shares the outbox's room among tenants: a tenant may hold at most as many events as stay free (Choudhury and Hahne, dynamic
 * queue thresholds). One tenant alone gets half of the room, n greedy ones get 1/(n+1) each, and one more always finds room.
 */
export class FairShare {
  /** Waiting events by tenant at the last count of the table. */
  private counted = new Map<string, number>();
  /** Events that this process has written since that count began, by tenant, whether or not they are committed. */
  private since = new Map<string, number>();
  private total = 0;
  /** Events that this process has committed since that count began. */
  private committedSince = 0;

  /** @param capacity events that may wait in all */
  constructor(private readonly capacity: number) {}

  /** The number of waiting events, as last known. */
  get waiting(): number {
    return this.total;
  }

  /** Charges events to their tenant. Call it when they are written, and `committed` when they are there to stay. */
  note(tenantId: string, events: number): void {
    add(this.since, tenantId, events);
  }

  committed(events: number): void {
    this.total += events;
    this.committedSince += events;
  }

  /** Forgets events that are sealed. */
  drop(tenantId: string, events: number): void {
    add(this.counted, tenantId, -events);
    this.total = Math.max(0, this.total - events);
  }

  /** Call it before a count. @returns a function that takes the count */
  begin(): (counts: readonly TenantCount[]) => void {
    this.since = new Map();
    this.committedSince = 0;
    return (counts) => {
      this.counted = new Map(counts.map(({ tenantId, waiting }) => [tenantId, waiting]));
      this.total = counts.reduce((sum, { waiting }) => sum + waiting, 0) + this.committedSince;
    };
  }

  /** The share of the room that is taken: 1 when no tenant has room. */
  get filled(): number {
    return this.total / this.capacity;
  }

  /** Whether no tenant has room. */
  get isFull(): boolean {
    return this.total >= this.capacity;
  }

  /** @throws AnkaError `audit-unavailable` if the tenant's share has no room for so many events */
  assertRoom(tenantId: string, events: number): void {
    const free = this.capacity - this.total;
    if (this.isFull)
      throw new AnkaError(
        'audit-unavailable',
        'Too many outcomes are waiting for the audit service. Operations are refused until they can be recorded.',
      );
    const held = Math.max(0, (this.counted.get(tenantId) ?? 0) + (this.since.get(tenantId) ?? 0));
    if (held + events > free)
      throw new AnkaError(
        'audit-unavailable',
        'Too many outcomes of the tenant are waiting for the audit service. Its operations are refused until some are recorded.',
      );
  }
}
