import type { Fault, Part, ProcessName, RequestName } from './part.js';

/** One fault of one part: the answers and probes that show it, and the time limits for both. */
export interface Row {
  readonly part: Part;
  readonly fault: Fault;
  /** Whether the short form of the matrix has the row too. */
  readonly short: boolean;
  /** The outcomes that each request may have once the fault is noticed. */
  readonly answers: Readonly<Record<RequestName, readonly string[]>>;
  /** The processes that are not ready once the fault is noticed: the parts that fail, or `silent`. All others are ready. */
  readonly unready: Partial<Record<ProcessName, string>>;
  /** The limits for noticing the fault and for recovering from it, in seconds, on a machine that has nothing else to do. */
  readonly noticedIn: number;
  readonly healedIn: number;
  /** The longest time until a request is answered, in seconds, also on a machine that has much to do. It is limited by the route by default. */
  readonly answeredIn: number;
}

interface Shown {
  /** By default every request is answered as usual. */
  readonly answers?: Partial<Record<RequestName, string>>;
  readonly unready?: Row['unready'];
  readonly noticedIn?: number;
  readonly healedIn: number;
  readonly answeredIn?: number;
}

const fine: Readonly<Record<RequestName, string>> = {
  sign: 'ok',
  verify: 'ok',
  create: 'ok',
  policy: 'ok',
  trail: 'ok',
};

const split = (answers: Readonly<Record<RequestName, string>>): Row['answers'] =>
  Object.fromEntries(
    Object.entries(answers).map(([request, outcomes]) => [request, outcomes.split(' or ')]),
  ) as unknown as Row['answers'];

const rowOf =
  (short: boolean) =>
  (
    part: Part,
    fault: Fault,
    { answers, unready = {}, noticedIn = 5, healedIn, answeredIn = Infinity }: Shown,
  ): Row => ({
    part,
    fault,
    short,
    answers: split({ ...fine, ...answers }),
    unready,
    noticedIn,
    healedIn,
    answeredIn,
  });

/** A row of the long form only. */
export const row = rowOf(false);
/** A row of both forms. */
export const shortRow = rowOf(true);
