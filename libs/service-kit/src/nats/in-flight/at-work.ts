import { monotonicNow } from '@ankasecure/contracts';
import { workLiveness } from './liveness.js';
import { Pulse } from './pulse.js';

/** A request that is worked on. */
interface Work {
  readonly reply: string | undefined;
  /** The moment of `monotonicNow` at which the requester stops waiting. */
  readonly deadline: number;
  isLong: boolean;
}

/** Tells requesters that this process still works on their requests. Of a request that is answered soon it says nothing. */
export class AtWork {
  private readonly works = new Set<Work>();
  private readonly pulse: Pulse;

  /** @param tell says to the requester behind a reply subject that its request is worked on */
  constructor(
    private readonly tell: (reply: string) => void,
    everyMs = workLiveness.everyMs,
  ) {
    this.pulse = new Pulse(everyMs, () => this.tellAll());
  }

  /** Does the work, and tells about it at every pulse after the first. */
  async during<Value>(reply: string | undefined, deadline: number, work: () => Promise<Value>): Promise<Value> {
    const own: Work = { reply, deadline, isLong: false };
    this.works.add(own);
    this.pulse.start();
    try {
      return await work();
    } finally {
      this.works.delete(own);
    }
  }

  private tellAll(): boolean {
    const now = monotonicNow();
    for (const work of this.works) {
      if (work.isLong && work.reply !== undefined && work.deadline > now) this.tell(work.reply);
      work.isLong = true;
    }
    return this.works.size > 0;
  }
}
