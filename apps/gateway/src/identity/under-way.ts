/** Running work for a caller that was admitted in this epoch, or was checked again in it. */
interface Work {
  epoch: number;
  /** Checks the caller again. @returns the epoch in which it is still admitted, or undefined. Rejects if that is unknown */
  readonly look: () => Promise<number | undefined>;
}

/** Running work for callers that may be excluded meanwhile, so that their exclusion can wait for its end. */
export class UnderWay {
  private readonly running = new Set<Work>();

  get size(): number {
    return this.running.size;
  }

  async during<Value>(epoch: number, look: Work['look'], work: () => Promise<Value>): Promise<Value> {
    const entry = { epoch, look };
    this.running.add(entry);
    try {
      return await work();
    } finally {
      this.running.delete(entry);
    }
  }

  /** The earliest epoch in which a caller with running work was last checked, or `now`. */
  oldest(now: number): number {
    let oldest = now;
    for (const { epoch } of this.running) oldest = Math.min(oldest, epoch);
    return oldest;
  }

  /** Checks callers again that were last checked before `now`. The work of an excluded caller keeps its epoch until it ends. */
  async review(now: number): Promise<void> {
    const earlier = [...this.running].filter(({ epoch }) => epoch < now);
    await Promise.all(
      earlier.map(async (entry) => {
        entry.epoch = (await entry.look().catch(() => undefined)) ?? entry.epoch;
      }),
    );
  }
}
