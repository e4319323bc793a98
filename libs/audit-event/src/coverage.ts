import type { ChainFault, ChainRow } from './chain.js';

/** The result of the tenant's key for one row. */
export interface KeyedChecks {
  readonly hmac: boolean;
  /** Also false if the row has no seal. */
  readonly chainSeal: boolean;
}

/** `unsealed` names the first row that no chain seal covers. */
export interface TrailFault {
  readonly seq: number;
  readonly reason: ChainFault['reason'] | 'hmac-mismatch' | 'unsealed';
}

/**
 * The part of a trail that the tenant's key covers. A seal covers its own batch and no earlier row. An attacker who writes rows behind
 * the service's back, and lets the service continue from there, leaves rows that belong to no batch. Batches must therefore follow one
 * another without a gap. A later seal does not replace a missing or wrong one.
 *
 * Non-goal: a trail that is reset to the end of an earlier batch, rows and head together, as when the whole database is rolled
 * back, is valid here. It is detected only by comparison with a copy elsewhere: the head hash of an earlier verification or, once
 * they exist, external checkpoints.
 */
export class Coverage {
  private last: number;

  /** @param fromSeq the first row to be covered */
  constructor(fromSeq: number) {
    this.last = fromSeq - 1;
  }

  /** The last covered seq, or the seq before the first row if none is. */
  get covered(): number {
    return this.last;
  }

  /** Adds the next row in order of seq. Its chain is valid. */
  feed(row: ChainRow, holds: KeyedChecks): TrailFault | undefined {
    if (!holds.hmac) return { seq: row.seq, reason: 'hmac-mismatch' };
    if (row.chainSeal === null) return undefined;
    if (!holds.chainSeal || row.chainSeal.fromSeq > this.last + 1) return this.fault;
    this.last = row.seq;
    return undefined;
  }

  /** Ends the check: no later row covers those up to `untilSeq`. */
  finish(untilSeq: number): TrailFault | undefined {
    return this.last < untilSeq ? this.fault : undefined;
  }

  private get fault(): TrailFault {
    return { seq: this.last + 1, reason: 'unsealed' };
  }
}
