import { type ChainHead, type ChainRow, ChainVerification, type KeyedChecks } from '@ankasecure/audit-event';
import type { UnprovenEvent } from '@ankasecure/contracts';

type Reason = UnprovenEvent['reason'];

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The fault of a row by itself: its columns, sealed bytes and hash do not agree, or its key is of another day. */
export const ownFault = (tenantId: string, row: ChainRow): Reason | undefined => {
  const { seq, previousHash, sealedAt } = row;
  const fault = new ChainVerification(tenantId, { seq, previousHash, sealedAt }).feed(row);
  if (fault === undefined) return undefined;
  return fault.reason === 'time-inconsistent' ? fault.reason : 'content-changed';
};

/** Whether the row after, and what this process has sealed or proved at its place, follow from it. */
const isLinked = ({ seq, hash }: ChainRow, next: ChainRow | undefined, known: ChainHead | undefined): boolean =>
  (next === undefined || equal(hash, next.previousHash)) && (known?.seq !== seq || equal(hash, known.hash));

/** A row, and what its columns and the tenant's key say of it. */
export interface CheckedRow {
  readonly row: ChainRow;
  readonly fault: Reason | undefined;
  readonly holds: KeyedChecks;
}

/**
 * The rows that seals vouch for, by number: at most one of each. The MAC of an event covers its nine fields only. Its number, id,
 * details and sealing time are bound by its hash, this by the next row, and so on to the last row of the batch, whose hash has a
 * MAC in the batch's seal. So the rows are taken backwards, from each seal on.
 * @param known the last row that this process has sealed or proved, if it is known
 */
export const vouchedRows = (
  rows: readonly CheckedRow[],
  known: ChainHead | undefined,
): ReadonlyMap<number, CheckedRow> => {
  const vouched = new Map<number, CheckedRow>();
  const bySeq = Map.groupBy(rows, ({ row }) => row.seq);
  /** The first number of the batch that was entered last. */
  let from = Number.POSITIVE_INFINITY;
  for (const seq of [...bySeq.keys()].toSorted((a, b) => b - a)) {
    const next = vouched.get(seq + 1)?.row;
    const found = bySeq.get(seq)?.find(({ row, fault, holds }) => {
      const isCovered = row.chainSeal === null ? next !== undefined && seq >= from : holds.chainSeal;
      return fault === undefined && isCovered && isLinked(row, next, known);
    });
    if (found === undefined) continue;
    vouched.set(seq, found);
    from = found.row.chainSeal?.fromSeq ?? from;
  }
  return vouched;
};

/** Why a row is not shown as an event. Undefined: it is one. */
export const reasonAgainst = (
  checked: CheckedRow,
  vouched: ReadonlyMap<number, CheckedRow>,
  known: ChainHead | undefined,
): Reason | undefined => {
  const { row, fault, holds } = checked;
  if (fault !== undefined) return fault;
  if (!holds.hmac) return 'hmac-mismatch';
  const genuine = vouched.get(row.seq);
  if (genuine === checked) return undefined;
  const isLoose = genuine === undefined && isLinked(row, vouched.get(row.seq + 1)?.row, known);
  return isLoose ? 'unsealed' : 'chain-broken';
};
