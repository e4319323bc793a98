import { FairTurns, ownRefusals } from './fair-turns.js';

/**
 * Shares threads that serve whatever is submitted to them in order, and drop nothing of it: libuv's, and a thread of ours. Only
 * what has a turn is submitted. All else waits here, where tenants take turns and where whatever is late is not computed.
 */
export class ThreadTurns extends FairTurns {
  private running = 0;

  /** @param places how much may be submitted at once */
  constructor(private readonly places: number) {
    super(ownRefusals);
  }

  protected joined(): void {
    while (this.running < this.places) {
      const next = this.next();
      if (next === undefined) return;
      this.running++;
      void next.begin().then(() => this.left());
    }
  }

  private left(): void {
    this.running--;
    this.joined();
  }
}

/**
 * libuv has four threads, which also read files and resolve names. The places of both lines are fewer, so that one thread is
 * always free for those. Another number of threads (`UV_THREADPOOL_SIZE`) must be no smaller.
 */
export const poolPlaces = { quick: 2, slow: 1 } as const;

/** What takes some milliseconds at most: verification, encryption to public keys, ML-DSA. */
export const quickTurns = new ThreadTurns(poolPlaces.quick);
/** What can take seconds: signatures of SLH-DSA and new pairs of keys in software. It never makes the others wait. */
export const slowTurns = new ThreadTurns(poolPlaces.slow);
