/** How many may run and how many may wait. */
export interface Share {
  readonly running: number;
  readonly waiting: number;
}

export interface TurnLimits {
  /** The limits of all names together. */
  readonly all: Share;
  /** The limits of each name. */
  readonly each: Share;
  /** The longest wait for a turn, in milliseconds. */
  readonly waitMs: number;
}

interface Waiter {
  /** Passes a turn, whose place is taken already. */
  readonly start: () => void;
  readonly refuse: () => void;
}

/**
 * Bounds the work that runs at once, in all and for each name, in this process's memory. Work that finds no place waits, and
 * the names take turns: one that asks often waits behind itself, not before others. When too much waits, the name with the
 * most waiting is refused.
 */
export class Turns {
  private running = 0;
  private readonly runningOf = new Map<string, number>();
  /** The waiters of each name. The first name has the next turn. */
  private readonly lines = new Map<string, Waiter[]>();
  private waiting = 0;

  /** @param refusal makes the error of work that is refused */
  constructor(
    private readonly limits: TurnLimits,
    private readonly refusal: () => Error,
  ) {}

  /** @throws the refusal, if too much of this name waits or it waits for too long; whatever `work` throws */
  async run<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    if (this.admits(name)) this.enter(name);
    else await this.turnOf(name);
    try {
      return await work();
    } finally {
      this.leave(name);
    }
  }

  private admits(name: string): boolean {
    const { all, each } = this.limits;
    return this.running < all.running && (this.runningOf.get(name) ?? 0) < each.running;
  }

  private enter(name: string): void {
    this.running++;
    this.runningOf.set(name, (this.runningOf.get(name) ?? 0) + 1);
  }

  private leave(name: string): void {
    this.running--;
    const left = (this.runningOf.get(name) ?? 1) - 1;
    if (left > 0) this.runningOf.set(name, left);
    else this.runningOf.delete(name);
    this.passOn();
  }

  private turnOf(name: string): Promise<void> {
    const line = this.lines.get(name) ?? [];
    if (line.length >= this.limits.each.waiting) return Promise.reject(this.refusal());
    if (this.waiting >= this.limits.all.waiting && !this.makeRoomFor(line.length))
      return Promise.reject(this.refusal());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      start: () => {
        clearTimeout(timer);
        resolve();
      },
      refuse: () => {
        clearTimeout(timer);
        reject(this.refusal());
      },
    };
    const timer = setTimeout(() => {
      this.remove(name, waiter);
      waiter.refuse();
    }, this.limits.waitMs);
    line.push(waiter);
    this.lines.set(name, line);
    this.waiting++;
    return promise;
  }

  /** Refuses the last waiter of the name with the most of them. @returns false if no name has more than one more than `count` */
  private makeRoomFor(count: number): boolean {
    const [name, line] = [...this.lines].reduce((most, one) => (one[1].length > most[1].length ? one : most));
    const last = line.at(-1);
    if (last === undefined || line.length <= count + 1) return false;
    this.remove(name, last);
    last.refuse();
    return true;
  }

  private remove(name: string, waiter: Waiter): void {
    const line = this.lines.get(name) ?? [];
    const place = line.indexOf(waiter);
    if (place < 0) return;
    line.splice(place, 1);
    this.waiting--;
    if (line.length === 0) this.lines.delete(name);
  }

  /** Gives the free place to the first name in the line that may run more. That name then stands behind the others. */
  private passOn(): void {
    for (const [name, line] of this.lines) {
      const [first] = line;
      if (first === undefined || !this.admits(name)) continue;
      line.shift();
      this.lines.delete(name);
      if (line.length > 0) this.lines.set(name, line);
      this.waiting--;
      this.enter(name);
      first.start();
      return;
    }
  }
}
