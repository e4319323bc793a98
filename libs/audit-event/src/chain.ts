import { type CanonicalFields, canonicalBytes } from './canonical.js';
import { genesisHash, type Leaf, leafHash } from './leaf.js';
import { fitsMacDay } from './mac-day.js';

/** The seal on the last row of a batch: the tenant's MAC over the chain up to that row. */
export interface ChainSeal {
  /** First seq of the batch. */
  readonly fromSeq: number;
  /** 32 bytes, under the key that the row's `macKeyId` names. */
  readonly mac: Uint8Array;
}

/** A sealed event as it is stored: its fields in columns, the bytes that were sealed, and the hashes. */
export interface ChainRow extends Leaf, CanonicalFields {
  readonly hash: Uint8Array;
  /** On the last row of a batch; not part of the leaf, since it is made over it. */
  readonly chainSeal: ChainSeal | null;
}

/** The start of a stretch of the trail, and the row it must follow. */
export interface ChainStart {
  readonly seq: number;
  readonly previousHash: Uint8Array;
  /** Sealing time of the row before, in microseconds since the epoch. No later row is sealed earlier. */
  readonly sealedAt: number;
}

/** Last seq and hash of a trail, kept apart from its rows; seq 0 for an empty trail. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** `missing` and `tail-missing` name the first seq that is not there. */
export interface ChainFault {
  readonly seq: number;
  readonly reason: 'missing' | 'content-changed' | 'chain-broken' | 'time-inconsistent' | 'tail-missing';
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Tells whether columns, sealed bytes and leaf agree. A value without a canonical form does not agree. */
const intact = (row: ChainRow): boolean => {
  try {
    return equal(canonicalBytes(row), row.canonical) && equal(leafHash(row), row.hash);
  } catch {
    return false;
  }
};

type Check = (row: ChainRow, expected: ChainStart, tenantId: string) => ChainFault | undefined;

/** The first that objects gives the fault. */
const checks: readonly Check[] = [
  (row, { seq }) => (row.seq > seq ? { seq, reason: 'missing' } : undefined),
  (row, { seq }) => (row.seq < seq ? { seq: row.seq, reason: 'chain-broken' } : undefined),
  (row, { previousHash }) =>
    equal(row.previousHash, previousHash) ? undefined : { seq: row.seq, reason: 'chain-broken' },
  (row, _, tenantId) =>
    row.tenantId === tenantId && intact(row) ? undefined : { seq: row.seq, reason: 'content-changed' },
  (row, { sealedAt }) =>
    row.sealedAt >= sealedAt && fitsMacDay(row.macKeyId, row.sealedAt)
      ? undefined
      : { seq: row.seq, reason: 'time-inconsistent' },
];

/**
 * Checks one tenant's trail row by row: no gap, each row follows the one before, columns and sealed bytes agree, the leaf
 * hash holds, sealing time goes forward and fits the MAC key's day. None of these checks needs a key, so a
 * forger can make them hold again after a change. `Coverage` checks the rows that the tenant's key vouches for.
 */
export class ChainVerification {
  private expected: ChainStart;
  private found: ChainFault | undefined;

  /** @param start default the genesis */
  constructor(
    private readonly tenantId: string,
    start: ChainStart = { seq: 1, previousHash: genesisHash(tenantId), sealedAt: 0 },
  ) {
    this.expected = start;
  }

  /** The first fault, once there is one. */
  get fault(): ChainFault | undefined {
    return this.found;
  }

  /** Last seq that holds; 0 when none does, or the seq before the start. */
  get verified(): number {
    return this.expected.seq - 1;
  }

  /** Takes the next row in order of seq. @returns the first fault so far; rows after it are not looked at */
  feed(row: ChainRow): ChainFault | undefined {
    if (this.found !== undefined) return this.found;
    for (const check of checks) {
      this.found = check(row, this.expected, this.tenantId);
      if (this.found !== undefined) return this.found;
    }
    this.expected = { seq: row.seq + 1, previousHash: row.hash, sealedAt: row.sealedAt };
    return undefined;
  }

  /** Says that no row follows, and compares the end with the trail's head. */
  finish(head: ChainHead): ChainFault | undefined {
    const { seq, previousHash } = this.expected;
    if (this.found !== undefined) return this.found;
    if (seq <= head.seq) this.found = { seq, reason: 'tail-missing' };
    else if (seq > head.seq + 1) this.found = { seq: head.seq + 1, reason: 'chain-broken' };
    else if (head.seq > 0 && !equal(head.hash, previousHash)) this.found = { seq: head.seq, reason: 'chain-broken' };
    return this.found;
  }
}

/** `ChainVerification` over rows that are all at hand. @returns the first fault, or nothing when the chain holds */
export const verifyChain = (
  tenantId: string,
  rows: Iterable<ChainRow>,
  head: ChainHead,
  start?: ChainStart,
): ChainFault | undefined => {
  const verification = new ChainVerification(tenantId, start);
  for (const row of rows) if (verification.feed(row) !== undefined) break;
  return verification.finish(head);
};
