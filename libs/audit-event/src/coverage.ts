import type { ChainFault, ChainRow } from './chain.js';

/** What the tenant's key says of one row. */
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
 * How far the tenant's key vouches for a trail. A seal covers its own batch and no row before it: whoever writes rows behind
 * the service's back, and lets the service go on from there, leaves rows that belong to no batch. So batches must follow one
 * another without a gap; a row's own seal that is missing or wrong cannot be made good by a later one.
 *
 * Non-goal: a trail put back to the end of an earlier batch, rows and head together, as when the whole database is rolled
 * back, holds until somebody compares it with what is kept elsewhere: the head hash of an earlier verification, or, once
 * there are any, external checkpoints.
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
