import { maxAppend } from '@ankasecure/contracts';

/** Parts of the time limit: an answer within `quick` allows more events at once, a later one than `slow` allows fewer. */
const parts = { quick: 1 / 8, slow: 1 / 2 };

/** So few events are never what makes an answer late. */
const least = 16;

/**
 * The number of events that the audit service is offered at once. It halves whenever the answer comes late or not at all, and
 * doubles while answers are quick, so that a backlog of any size drains at the speed that audit has.
 */
export class Pace {
  private most = maxAppend;

  /** @param limitMs time limit of one append, in milliseconds */
  constructor(private readonly limitMs: number) {}

  /** The limit of events in the next append. */
  get events(): number {
    return this.most;
  }

  /** Records an append that was answered in time. */
  answered(events: number, ms: number): void {
    if (ms > this.limitMs * parts.slow) this.slower(events);
    else if (ms < this.limitMs * parts.quick) this.most = Math.min(maxAppend, this.most * 2);
  }

  /** Records an append that was not answered in time. */
  missed(events: number): void {
    this.slower(events);
  }

  private slower(events: number): void {
    this.most = Math.max(least, Math.floor(Math.min(this.most, events) / 2));
  }
}
