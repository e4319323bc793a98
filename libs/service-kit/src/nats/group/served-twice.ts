import type { Served } from '../served.js';

/** A subject that a process serves twice: with its queue group, and alone. */
export class ServedTwice {
  constructor(private readonly both: readonly Served[]) {}

  resume(): void {
    for (const one of this.both) one.resume();
  }

  /** Takes no new requests. Requests already on the wire are still served. */
  pause(): void {
    for (const one of this.both) one.pause();
  }

  /** Ends both for good. Resolves when no request is left on the wire. */
  end(): Promise<unknown> {
    return Promise.all(this.both.map((one) => one.end()));
  }
}
