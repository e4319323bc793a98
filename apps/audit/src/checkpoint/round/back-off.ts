import { monotonicNow } from '@ankasecure/contracts';
import { BoundedMap } from '@ankasecure/service-kit';

/** The pause after a first failure, and the longest one after failures that pass by themselves, and after others, in milliseconds. */
const pauseMs = { first: 1_000, passing: 30_000, lasting: 300_000 };
const capacity = 100_000;

interface Waiting {
  readonly failures: number;
  /** The end of the pause; a time of `monotonicNow`. */
  readonly until: number;
}

/**
 * The trails of which no checkpoint could be made, and when each is tried again: after a random part of a time that doubles with each
 * failure in a row. A trail that needs a person costs one attempt, and one alarm, in some minutes.
 */
export class BackOff {
  private readonly waiting = new BoundedMap<string, Waiting>(capacity);

  /** @param random a number from 0 to below 1 */
  constructor(
    private readonly now = monotonicNow,
    private readonly random: () => number = Math.random,
  ) {}

  /** Whether the trail may be tried now. */
  isOver(tenantId: string): boolean {
    return (this.waiting.get(tenantId)?.until ?? 0) <= this.now();
  }

  /** @param isPassing whether it may succeed without anybody doing something */
  failed(tenantId: string, isPassing: boolean): void {
    const failures = this.waiting.get(tenantId)?.failures ?? 0;
    const most = Math.min(isPassing ? pauseMs.passing : pauseMs.lasting, pauseMs.first * 2 ** Math.min(failures, 20));
    this.waiting.set(tenantId, { failures: failures + 1, until: this.now() + most / 2 + (this.random() * most) / 2 });
  }

  succeeded(tenantId: string): void {
    this.waiting.delete(tenantId);
  }
}
