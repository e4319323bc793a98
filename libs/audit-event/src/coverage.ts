import type { ChainFault, ChainRow } from './chain.js';

/** The results of the checks that need the tenant's key, for one row. */
export interface KeyedChecks {
  readonly hmac: boolean;
  /** False as well when the row bears none. */
  readonly chainSeal: boolean;
}

/** `unsealed` names the first row that no chain seal vouches for. */
export interface TrailFault {
  readonly seq: number;
  readonly reason: ChainFault['reason'] | 'hmac-mismatch' | 'unsealed';
}

/**
 * Tracks how far the tenant's key vouches for a trail. A seal covers its own batch and no row before it. Rows that a forger
 * inserts, and on which the service then builds, belong to no batch. Batches must therefore follow one another without a gap,
 * and a later seal never makes up for a missing or wrong one.
 *
 * Non-goal: to detect a trail that was put back to the end of an earlier batch, rows and head together, as when the whole
 * database is rolled back. That takes a copy kept elsewhere: the head hash of an earlier verification, or external
 * checkpoints, which do not exist yet.
 */
export class Coverage {
  private last: number;

  /** @param fromSeq first row that needs cover */
  constructor(fromSeq: number) {
    this.last = fromSeq - 1;
  }

  /** Last seq vouched for; the seq before the first row when none is. */
  get covered(): number {
    return this.last;
  }

  /** Takes the next row, whose own chain holds, in order of seq. */
  feed(row: ChainRow, holds: KeyedChecks): TrailFault | undefined {
    if (!holds.hmac) return { seq: row.seq, reason: 'hmac-mismatch' };
    if (row.chainSeal === null) return undefined;
    if (!holds.chainSeal || row.chainSeal.fromSeq > this.last + 1) return this.fault;
    this.last = row.seq;
    return undefined;
  }

  /** Says that no row follows which could cover those up to `untilSeq`. */
  finish(untilSeq: number): TrailFault | undefined {
    return this.last < untilSeq ? this.fault : undefined;
  }

  private get fault(): TrailFault {
    return { seq: this.last + 1, reason: 'unsealed' };
  }
}
