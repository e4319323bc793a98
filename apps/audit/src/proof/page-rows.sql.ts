import type { ChainRow } from '@ankasecure/audit-event';
import { maxAppend } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { chainRowOf, type ExactRow, exactColumns, mostRowBytes, rowBytes } from '../trail/exact-row.sql.js';
import { bytesOfSlice, rowsOfSlice } from '../trail/trail-rows.sql.js';

export type Order = 'asc' | 'desc';

/** Numbers of a trail that follow one another. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** The rows of a page, and of the batches that they are in up to their seals. */
export interface PageRows {
  readonly rows: readonly ChainRow[];
  /** The asked numbers whose rows were read, in the order of the page. */
  readonly seqs: readonly number[];
}

/** The slices that are read for a page, at most: the longest batch, and a page that begins in another. */
const slicesOfPage = Math.ceil(maxAppend / rowsOfSlice) + 1;

/** The next row with a seal, from each number on. No batch is longer than an append. */
export const seals = `SELECT asked.seq::float8 AS seq, (SELECT e.seq FROM sealed_event e
      WHERE e.tenant_id = $1 AND e.seq >= asked.seq AND e.seq < asked.seq + ${maxAppend} AND e.chain_seal IS NOT NULL
      ORDER BY e.seq LIMIT 1)::float8 AS seal
  FROM unnest($2::bigint[]) AS asked (seq)`;

/** The first rows of some ranges, up to a number and a size. A row that is longer than any of ours is left out. */
const slice = (order: Order): string => `SELECT ${exactColumns} FROM (
    SELECT sized.*, sum(bytes) OVER (ORDER BY sized.seq ${order}) - bytes AS before FROM (
      SELECT sealed_event.*, ${rowBytes} AS bytes
      FROM unnest($2::bigint[], $3::bigint[]) AS range (first, last)
        JOIN sealed_event ON tenant_id = $1 AND seq BETWEEN range.first AND range.last
      WHERE ${rowBytes} <= ${mostRowBytes}
      ORDER BY sealed_event.seq ${order} LIMIT ${rowsOfSlice}) sized) sealed_event
  WHERE before < ${bytesOfSlice} ORDER BY sealed_event.seq ${order}`;

/** By the order of the page. */
export const slices = { asc: slice('asc'), desc: slice('desc') } as const satisfies Record<Order, string>;

/**
 * Reads the rows of a page, each with the rest of its batch: only the seal at the batch's end vouches for it. The page ends early if
 * its batches are long: where the last one that was read as a whole ends.
 * @param seqs in the order of the page, each once
 */
export const readPage = async (
  manager: EntityManager,
  tenantId: string,
  seqs: readonly number[],
  order: Order,
): Promise<PageRows> => {
  const rows: ChainRow[] = [];
  let left = await rangesOf(manager, tenantId, seqs);
  for (let slice = 0; left.length > 0 && slice < slicesOfPage; slice++) {
    const [firsts, lasts] = [left.map(({ first }) => first), left.map(({ last }) => last)];
    const read = await manager.query<ExactRow[]>(slices[order], [tenantId, firsts, lasts]);
    // A lying database may answer with more.
    rows.push(...read.slice(0, rowsOfSlice).map(chainRowOf));
    left = beyond(left, read.at(-1)?.seq, order);
  }
  const isRead = left.length === 0 ? () => true : withinRead(rows, order);
  const whole = seqs.filter(isRead);
  return { rows, seqs: whole.length === 0 ? seqs.slice(0, 1) : whole };
};

/** The numbers of the page and of the rests of their batches. Only the last of neighbours needs to be asked for its batch's end. */
const rangesOf = async (manager: EntityManager, tenantId: string, seqs: readonly number[]): Promise<Range[]> => {
  const islands = merged(seqs.map((seq) => ({ first: seq, last: seq })));
  const found = await manager.query<{ seq: number; seal: number | null }[]>(seals, [
    tenantId,
    islands.map(({ last }) => last),
  ]);
  const ends = new Map(found.map(({ seq, seal }) => [seq, seal]));
  return merged(islands.map(({ first, last }) => ({ first, last: Math.max(last, ends.get(last) ?? last) })));
};

/** Ranges that touch each other, as one. */
const merged = (ranges: readonly Range[]): Range[] => {
  const found: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = found.at(-1);
    if (before === undefined || range.first > before.last + 1) found.push(range);
    else found[found.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
  }
  return found;
};

/** What is left of the ranges after a row. */
const beyond = (ranges: readonly Range[], read: number | undefined, order: Order): Range[] => {
  if (read === undefined) return [];
  const rest = ranges.map(({ first, last }) =>
    order === 'asc' ? { first: Math.max(first, read + 1), last } : { first, last: Math.min(last, read - 1) },
  );
  return rest.filter(({ first, last }) => first <= last);
};

/** Whether the row of a number was read, and the seal of its batch. Backwards, the seal is read before its rows. */
const withinRead = (rows: readonly ChainRow[], order: Order): ((seq: number) => boolean) => {
  if (order === 'desc') {
    const lowest = rows.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
    return (seq) => seq >= lowest;
  }
  const sealed = rows.findLast(({ chainSeal }) => chainSeal !== null)?.seq ?? 0;
  return (seq) => seq <= sealed;
};
