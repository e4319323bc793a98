import { mostWritten } from './outbox-row.js';

/** Parts of the time limit: an answer within `quick` allows more events at once, a later one than `slow` allows fewer. */
const parts = { quick: 1 / 8, slow: 1 / 2 };

/** So few events are never what makes an answer late. */
const least = 16;

/** The share of the outbox from which on deliveries no longer rest: operations must not be refused for want of pace. */
const crowded = 1 / 2;

/** How long outcomes gather between two deliveries, in milliseconds. */
const gathering = { least: 100, most: 400 };
/** So few tenants' trails are sealed at once. */
const fewTenants = 4;
/** Each tenant's part of a delivery is sealed in a transaction of its own, which costs little more for so many events than for one. */
const worthSealing = 8;

/** What a delivery has sealed. */
export interface SealedPart {
  readonly tenantId: string;
  readonly eventCount: number;
}

/**
 * The speed of deliveries to the audit service, which seals on the same processors that requests need.
 *
 * A delivery is a slice of the backlog, small enough that a request can wait for its sealing. The slice halves whenever the
 * answer comes late or not at all, and doubles again while answers are quick. After each delivery the relay rests as long as
 * the delivery took, so that a backlog drains at half of the speed that the audit service has. It rests less the fuller the
 * outbox is, and not at all when it is half full.
 */
export class Pace {
  /** The largest number of events in one delivery. */
  static readonly slice = mostWritten;

  private most: number = Pace.slice;

  /** @param limitMs time limit of one append, in milliseconds */
  constructor(private readonly limitMs: number) {}

  /** The limit of events in the next append. */
  get events(): number {
    return this.most;
  }

  /**
   * The rest after a delivery, in milliseconds.
   * @param ms how long the delivery took
   * @param filled the share of the outbox that is filled
   */
  rest(ms: number, filled: number): number {
    return ms * Math.max(0, 1 - filled / crowded);
  }

  /**
   * How long outcomes gather for the next delivery, in milliseconds: longer while many tenants report few events each, because what a
   * delivery costs grows with its tenants.
   * @param sealed the rows of the last delivery
   */
  gather(sealed: readonly SealedPart[]): number {
    const tenants = new Set(sealed.map(({ tenantId }) => tenantId)).size;
    const events = sealed.reduce((sum, { eventCount }) => sum + eventCount, 0);
    if (events >= tenants * worthSealing) return gathering.least;
    return Math.min(gathering.most, Math.max(gathering.least, (gathering.least * tenants) / fewTenants));
  }

  /** Records an append that was answered in time. */
  answered(events: number, ms: number): void {
    if (ms > this.limitMs * parts.slow) this.slower(events);
    else if (ms < this.limitMs * parts.quick) this.most = Math.min(Pace.slice, this.most * 2);
  }

  /** Records an append that was not answered in time. */
  missed(events: number): void {
    this.slower(events);
  }

  private slower(events: number): void {
    this.most = Math.max(least, Math.floor(Math.min(this.most, events) / 2));
  }
}
