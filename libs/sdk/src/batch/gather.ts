/** One caller's item, with where its result goes. */
interface Waiting<Item, Result> {
  readonly item: Item;
  readonly size: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
  /** Stops the watch for a caller that leaves before the item is sent. */
  readonly detach: () => void;
}

export interface GatherLimits {
  /** The most items of one request. */
  readonly items: number;
  /** The most characters of one request's items. A larger item travels alone. */
  readonly size: number;
  /** The most requests at a time. What is asked for meanwhile is gathered for the next one. */
  readonly inFlight: number;
}

/** Sends the items of one request. @returns one result per item, in their order */
export type SendItems<Item, Result> = (items: readonly Item[], signal: AbortSignal) => Promise<readonly Result[]>;

/** Runs `work` after all that is ready to run has run, so that callers who are woken together are gathered together. */
const soon = (work: () => void): void => {
  if (typeof setImmediate === 'function') setImmediate(work);
  else setTimeout(work, 0);
};

/** Gathers what concurrent callers ask for into few requests. A caller that is alone does not wait. */
export class Gather<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private running = 0;
  private isDue = false;

  constructor(
    private readonly send: SendItems<Item, Result>,
    private readonly sizeOf: (item: Item) => number,
    private readonly limits: GatherLimits,
  ) {}

  /** @throws any error of the request; the reason of `signal`, which ends only this caller's wait */
  add(item: Item, signal?: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const left = (): void => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(signal?.reason as Error);
      };
      const detach = (): void => signal?.removeEventListener('abort', left);
      const entry = { item, size: this.sizeOf(item), signal, resolve, reject, detach };
      signal?.addEventListener('abort', left, { once: true });
      this.waiting.push(entry);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isDue || this.running >= this.limits.inFlight || this.waiting.length === 0) return;
    this.isDue = true;
    soon(() => {
      this.isDue = false;
      const batch = this.take();
      if (batch.length > 0) void this.run(batch);
      this.schedule();
    });
  }

  /** The next items that fit into one request. */
  private take(): readonly Waiting<Item, Result>[] {
    const batch: Waiting<Item, Result>[] = [];
    let size = 0;
    while (batch.length < this.limits.items) {
      const next = this.waiting[0];
      if (next === undefined || (batch.length > 0 && size + next.size > this.limits.size)) break;
      this.waiting.shift();
      next.detach();
      batch.push(next);
      size += next.size;
    }
    return batch;
  }

  private async run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.running++;
    const abort = new AbortController();
    const release = this.followSignals(batch, abort);
    try {
      const results = await this.send(
        batch.map(({ item }) => item),
        abort.signal,
      );
      for (const [place, { resolve }] of batch.entries()) resolve(results[place] as Result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      release();
      this.running--;
      this.schedule();
    }
  }

  /** Ends the wait of each caller with its signal, and the request when nobody waits. @returns how to stop */
  private followSignals(batch: readonly Waiting<Item, Result>[], abort: AbortController): () => void {
    let left = batch.length;
    const releases = batch.map(({ signal, reject }) => {
      const aborted = (): void => {
        reject(signal?.reason);
        if (--left === 0) abort.abort(signal?.reason);
      };
      signal?.addEventListener('abort', aborted, { once: true });
      return () => signal?.removeEventListener('abort', aborted);
    });
    return () => {
      for (const release of releases) release();
    };
  }
}
