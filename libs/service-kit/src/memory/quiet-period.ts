import { monotonicNow } from '@ankasecure/contracts';
import { BoundedMap } from './bounded-map.js';

/** The usual pause between two audit events that say the same, in milliseconds. */
const quietMs = 600_000;

/** Tells which events are due, so that what goes on for long does not fill the trail or the log. Metrics count every time. */
export class QuietPeriod {
  private readonly begun: BoundedMap<string, number>;

  /**
   * @param capacity names to remember: of those that are told least recently, some are due again sooner
   * @param ms the pause, in milliseconds
   */
  constructor(
    capacity: number,
    private readonly ms = quietMs,
  ) {
    this.begun = new BoundedMap(capacity);
  }

  /** Whether the event of this name is due. If so, its quiet period begins. */
  isDue(name: string): boolean {
    const last = this.begun.get(name);
    if (last !== undefined && monotonicNow() - last < this.ms) return false;
    this.begun.set(name, monotonicNow());
    return true;
  }

  /** Ends the quiet period of an event that could not be told. */
  end(name: string): void {
    this.begun.delete(name);
  }
}
