import { clockDrift } from '../clock/remote-clock.js';
import { BoundedMap } from '../memory/bounded-map.js';

/** A larger difference that holds for this long is taken as true: the sender's clock stood still meanwhile. Milliseconds. */
const settleMs = 10_000;
const mostSenders = 1_000;

/** The smallest difference between a sender's clock and this one, and since when every message has exceeded it. */
interface Known {
  readonly least: number;
  readonly at: number;
  readonly exceeded?: { readonly since: number; readonly least: number };
}

/**
 * Tells how long a request waited on its way, without comparing dates: by how much the difference between the monotonic clocks
 * of both ends exceeds the smallest that was seen. A process that was stopped finds requests whose callers have given up; it
 * must not work on them. All times are milliseconds.
 */
export class Transits {
  private readonly senders = new BoundedMap<string, Known>(mostSenders);

  /** @returns the time on the way, beyond that of the fastest request of this sender */
  of(sender: string, sentAt: number, receivedAt: number): number {
    const difference = receivedAt - sentAt;
    const known = this.senders.get(sender);
    const least = known === undefined ? difference : known.least + clockDrift * Math.max(0, receivedAt - known.at);
    if (difference <= least) {
      this.senders.set(sender, { least: difference, at: receivedAt });
      return 0;
    }
    return this.exceed(sender, known as Known, { difference, least, receivedAt });
  }

  private exceed(
    sender: string,
    known: Known,
    { difference, least, receivedAt }: { difference: number; least: number; receivedAt: number },
  ): number {
    const since = known.exceeded?.since ?? receivedAt;
    const lowest = Math.min(known.exceeded?.least ?? difference, difference);
    // Ordinary requests differ by a little. They say that the known difference still holds.
    if (difference - least < settleMs / 10) this.senders.set(sender, { least, at: receivedAt });
    else if (receivedAt - since < settleMs) this.senders.set(sender, { ...known, exceeded: { since, least: lowest } });
    else this.senders.set(sender, { least: lowest, at: receivedAt });
    return difference - least;
  }
}
