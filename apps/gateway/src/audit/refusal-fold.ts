import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEvent } from '@ankasecure/contracts';
import { Buckets, type Rate } from '@ankasecure/service-kit';

/** Refusals that say the same and wait for the event that tells of them all. */
interface Group {
  count: number;
  readonly written: Promise<void>;
}

/** The event of `count` refusals that say the same: the first one's, with their number. */
const counted = (event: AuditEvent, count: number): AuditEvent =>
  count === 1 ? event : { ...event, details: { ...event.details, count: String(count) } };

/**
 * Folds refusals that say the same into one event with a count, so that a caller who repeats a request does not fill the trail.
 * A caller's first ones have an event each. Those beyond the rate wait for the next event, which counts them all. Nothing is
 * counted in memory that was answered already.
 */
export class RefusalFold {
  private readonly buckets: Buckets;
  private readonly groups = new Map<string, Group>();

  /** @param now tells the time by which callers are quiet, in milliseconds; by default the process's own */
  constructor(
    private readonly write: (event: AuditEvent) => Promise<void>,
    now?: () => number,
  ) {
    this.buckets = new Buckets(now);
  }

  /** Resolves when the refusal is on record. @param sameness is equal for refusals that say the same @throws what `write` throws */
  async add(sameness: string, event: AuditEvent, rate: Rate): Promise<void> {
    const group = this.groups.get(sameness);
    if (group !== undefined) {
      group.count++;
      return group.written;
    }
    const { granted, seconds } = this.buckets.take(sameness, rate);
    if (granted) return this.write(event);
    // The next token comes within one interval of the rate.
    const written = delay(Math.min(seconds, 1 / rate.perSecond) * 1000).then(() => {
      const { count } = this.groups.get(sameness) as Group;
      this.groups.delete(sameness);
      this.buckets.take(sameness, rate);
      return this.write(counted(event, count));
    });
    this.groups.set(sameness, { count: 1, written });
    return written;
  }

  /** Forgets the callers that have been quiet. */
  sweep(): void {
    this.buckets.sweep();
  }
}
