import { type CanonicalFields, canonicalBytes } from './canonical.js';
import type { SealedIndex } from './chain-seal.js';
import { genesisHash, type Leaf, leafHash } from './leaf.js';
import { fitsMacDay } from './mac-day.js';

/** The seal on the last row of a batch: the tenant's MAC over the chain at the time of sealing. */
export interface ChainSeal {
  /** First seq of the batch. */
  readonly fromSeq: number;
  /** 32 bytes, under the key named by the row's `macKeyId`. */
  readonly mac: Uint8Array;
  /** The index of records that the seal binds. Null: a seal of version 1. */
  readonly index: SealedIndex | null;
}

/** A stored sealed event: its fields in columns, the sealed bytes, and the hashes. */
export interface ChainRow extends Leaf, CanonicalFields {
  readonly hash: Uint8Array;
  /** Present on the last row of a batch. It is not part of the leaf, because it covers the leaf. */
  readonly chainSeal: ChainSeal | null;
}

/** The start of a range of the trail, and the row before it. */
export interface ChainStart {
  readonly seq: number;
  readonly previousHash: Uint8Array;
  /** The latest sealing time of the rows before, in microseconds since the epoch. No later row may have been sealed earlier. */
  readonly sealedAt: number;
}

/** The last seq and hash of a trail, stored apart from its rows. An empty trail has seq 0. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** `missing` and `tail-missing` name the first missing seq. */
export interface ChainFault {
  readonly seq: number;
  readonly reason: 'missing' | 'content-changed' | 'chain-broken' | 'time-inconsistent' | 'tail-missing';
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Whether columns, sealed bytes and leaf agree. A value without a canonical form does not. */
const intact = (row: ChainRow): boolean => {
  try {
    return equal(canonicalBytes(row), row.canonical) && equal(leafHash(row), row.hash);
  } catch {
    return false;
  }
};

type Check = (row: ChainRow, expected: ChainStart, tenantId: string) => ChainFault | undefined;

/** The checks of a row. The first that fails names the fault. */
const checks: readonly Check[] = [
  (row, { seq }) => (row.seq > seq ? { seq, reason: 'missing' } : undefined),
  (row, { seq }) => (row.seq < seq ? { seq: row.seq, reason: 'chain-broken' } : undefined),
  (row, { previousHash }) =>
    equal(row.previousHash, previousHash) ? undefined : { seq: row.seq, reason: 'chain-broken' },
  (row, _, tenantId) =>
    row.tenantId === tenantId && intact(row) ? undefined : { seq: row.seq, reason: 'content-changed' },
  // The key of a day that is over must make no row that follows, whatever time the row claims.
  ({ seq, macKeyId, sealedAt }, before) =>
    fitsMacDay(macKeyId, sealedAt) && fitsMacDay(macKeyId, Math.max(sealedAt, before.sealedAt))
      ? undefined
      : { seq, reason: 'time-inconsistent' },
];

/**
 * Checks one tenant's trail row by row: no gap, each row follows the one before, columns and sealed bytes agree, the leaf
 * hash is correct, sealing time fits the MAC key's day and increases. None of it needs a key, so an attacker can recompute it
 * after a change: `Coverage` reports what the tenant's key covers.
 *
 * A sealing time that goes back ends nothing: the row may be one that a process has sealed whose database lied about the time, and
 * a change after it must be found all the same. It is told by `timeFault`.
 */
export class ChainVerification {
  private expected: ChainStart;
  private found: ChainFault | undefined;
  private wentBack: ChainFault | undefined;

  /** @param start the default is the genesis */
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

  /** The first row that was sealed before an earlier one, of those that were checked. */
  get timeFault(): ChainFault | undefined {
    return this.wentBack;
  }

  /** The last valid seq. It is the seq before the start if no row is valid. */
  get verified(): number {
    return this.expected.seq - 1;
  }

  /** Checks the next row in order of seq. @returns the first fault so far. Later rows are not checked */
  feed(row: ChainRow): ChainFault | undefined {
    if (this.found !== undefined) return this.found;
    for (const check of checks) {
      this.found = check(row, this.expected, this.tenantId);
      if (this.found !== undefined) return this.found;
    }
    const { seq, hash: previousHash, sealedAt } = row;
    if (sealedAt < this.expected.sealedAt) this.wentBack ??= { seq, reason: 'time-inconsistent' };
    this.expected = { seq: seq + 1, previousHash, sealedAt: Math.max(sealedAt, this.expected.sealedAt) };
    return undefined;
  }

  /** Ends the check: compares the last row with the trail's head. */
  finish(head: ChainHead): ChainFault | undefined {
    const { seq, previousHash } = this.expected;
    if (this.found !== undefined) return this.found;
    if (seq <= head.seq) this.found = { seq, reason: 'tail-missing' };
    else if (seq > head.seq + 1) this.found = { seq: head.seq + 1, reason: 'chain-broken' };
    else if (head.seq > 0 && !equal(head.hash, previousHash)) this.found = { seq: head.seq, reason: 'chain-broken' };
    return this.found;
  }
}

/** Runs `ChainVerification` over an array of rows. @returns the first fault, a time that goes back only if there is no other; undefined if the chain is valid */
export const verifyChain = (
  tenantId: string,
  rows: Iterable<ChainRow>,
  head: ChainHead,
  start?: ChainStart,
): ChainFault | undefined => {
  const verification = new ChainVerification(tenantId, start);
  for (const row of rows) if (verification.feed(row) !== undefined) break;
  return verification.finish(head) ?? verification.timeFault;
};
