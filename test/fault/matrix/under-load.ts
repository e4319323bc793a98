import type { Fault, Part } from './part.js';

/** A fault while hundreds of requests a second arrive, and who notices it. */
export interface LoadRow {
  readonly part: Part;
  readonly fault: Fault;
  /** Requests that were sent before the fault, or up to so many seconds after it, may fail. All later ones are answered as usual. */
  readonly takenOverIn: number;
  /** The codes with which they fail, and within how many seconds. A client can retry each of them. */
  readonly failWith: readonly string[];
  readonly failIn: number;
}

/** Requests in a second. */
export const perSecond = 200;
/** How long the fault lasts after it was taken over, in seconds. The bus would drop a frozen worker that nobody asks anything. */
export const lastsFor = 10;

/**
 * The rows of the fault matrix that only show under load: the bus gives a frozen worker its share of the requests for as long as
 * they keep coming. Times are seconds on a machine that has nothing else to do. When the fault ends nothing fails.
 */
export const underLoad: readonly LoadRow[] = [
  { part: 'worker', fault: 'frozen', takenOverIn: 2, failWith: ['deadline-exceeded'], failIn: 5 },
  { part: 'worker', fault: 'killed', takenOverIn: 0.5, failWith: ['deadline-exceeded'], failIn: 5 },
];
