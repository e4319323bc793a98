/** Something that is being done for somebody who was let in in this epoch, or has been looked at again in it since. */
interface Deed {
  epoch: number;
  /** Whether whoever asked for it is still who he was: the epoch in which he is, or nothing. Rejects where that cannot be known. */
  readonly look: () => Promise<number | undefined>;
}

/** What is being done for people who may be shut out meanwhile, so that shutting them out can wait for its end. */
export class UnderWay {
  private readonly deeds = new Set<Deed>();

  get size(): number {
    return this.deeds.size;
  }

  async during<Value>(epoch: number, look: Deed['look'], work: () => Promise<Value>): Promise<Value> {
    const deed = { epoch, look };
    this.deeds.add(deed);
    try {
      return await work();
    } finally {
      this.deeds.delete(deed);
    }
  }

  /** The earliest epoch that somebody was last seen in for whom something is being done; `now` where that is nobody's but its own. */
  oldest(now: number): number {
    let oldest = now;
    for (const { epoch } of this.deeds) oldest = Math.min(oldest, epoch);
    return oldest;
  }

  /** Looks again at those who were last seen before `now`. Whoever has been shut out stays where he was until his deed is over. */
  async review(now: number): Promise<void> {
    const earlier = [...this.deeds].filter(({ epoch }) => epoch < now);
    await Promise.all(
      earlier.map(async (deed) => {
        deed.epoch = (await deed.look().catch(() => undefined)) ?? deed.epoch;
      }),
    );
  }
}
