/** Work for somebody who was admitted in this epoch, or was confirmed in it since. */
interface Work {
  epoch: number;
  /** The epoch in which the person is still the same; undefined where they are shut out. Rejects where that is not known. */
  readonly look: () => Promise<number | undefined>;
}

/** The work that is under way for people who may be shut out meanwhile, so that shutting them out can wait for its end. */
export class UnderWay {
  private readonly works = new Set<Work>();

  get size(): number {
    return this.works.size;
  }

  async during<Value>(epoch: number, look: Work['look'], run: () => Promise<Value>): Promise<Value> {
    const work = { epoch, look };
    this.works.add(work);
    try {
      return await run();
    } finally {
      this.works.delete(work);
    }
  }

  /** The earliest epoch that any work's person was last confirmed in; `now` where there is none earlier. */
  oldest(now: number): number {
    let oldest = now;
    for (const { epoch } of this.works) oldest = Math.min(oldest, epoch);
    return oldest;
  }

  /** Confirms again the people who were last confirmed before `now`. Work of people who are shut out keeps its epoch until it ends. */
  async review(now: number): Promise<void> {
    const earlier = [...this.works].filter(({ epoch }) => epoch < now);
    await Promise.all(
      earlier.map(async (work) => {
        work.epoch = (await work.look().catch(() => undefined)) ?? work.epoch;
      }),
    );
  }
}
