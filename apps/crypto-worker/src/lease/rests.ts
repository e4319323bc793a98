import { monotonicNow } from '@ankasecure/contracts';

/** The pause of work after a failure, in milliseconds. It doubles each time, up to `most`. */
const pauseMs = { first: 1000, most: 30_000 };

interface Rest {
  readonly ms: number;
  readonly until: number;
}

/** Work that has failed and is not tried again at once, by its name. */
export class Rests {
  private readonly resting = new Map<string, Rest>();

  isResting(name: string): boolean {
    return (this.resting.get(name)?.until ?? 0) > monotonicNow();
  }

  begin(name: string): void {
    const last = this.resting.get(name)?.ms;
    const ms = last === undefined ? pauseMs.first : Math.min(2 * last, pauseMs.most);
    this.resting.set(name, { ms, until: monotonicNow() + ms });
  }

  end(name: string): void {
    this.resting.delete(name);
  }
}
