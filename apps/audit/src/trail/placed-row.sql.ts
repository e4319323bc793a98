import { type ChainHead, type ChainRow, ChainVerification } from '@ankasecure/audit-event';
import type { EventName } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { chainRowOf, type ExactRow, selectExactRows } from './exact-row.sql.js';
import { TrailHead } from './trail-head.entity.js';

/** Where rows with the events' ids are, in the trail or planted beside it. */
const places = `
  SELECT e.seq::float8 AS seq FROM unnest($2::uuid[], $3::text[]) AS asked (id, correlation)
  JOIN sealed_event e ON e.tenant_id = $1 AND e.correlation_id = asked.correlation AND e.event_id = asked.id`;

/** The end of a trail, and those of the asked rows that have their place in it. */
export interface PlacedRows {
  readonly head: TrailHead | undefined;
  readonly rows: readonly ChainRow[];
}

/**
 * Finds the rows of a tenant's events that have their place in the trail: the row's hash is that of its content, it follows the row
 * before, and the next row, or the trail's head, follows it. Any other row was planted and can be taken away unseen. The next row's
 * hash is computed too. Rows further away are not read: whoever rewrites them as well, for the moment of the question, is not found
 * out, unless the end that this process has sealed is among them.
 * The manager's transaction must see one moment.
 * @param known the last row that this process has sealed, if it is known. A trail without it holds nothing
 */
export const findPlacedRows = async (
  manager: EntityManager,
  tenantId: string,
  events: readonly EventName[],
  known: ChainHead | undefined,
): Promise<PlacedRows> => {
  const head = (await manager.findOneBy(TrailHead, { tenantId })) ?? undefined;
  const ids = events.map(({ eventId }) => eventId);
  const found = await manager.query<{ seq: number }[]>(places, [
    tenantId,
    ids,
    events.map(({ correlationId }) => correlationId),
  ]);
  const near = found.flatMap(({ seq }) => [seq - 1, seq, seq + 1]);
  const rows = (
    await manager.query<ExactRow[]>(
      `${selectExactRows} tenant_id = $1 AND seq = ANY($2::bigint[]) ORDER BY sealed_event.seq`,
      [tenantId, [...new Set(known === undefined ? near : [...near, known.seq])]],
    )
  ).map(chainRowOf);
  if (head === undefined || !holds(rows, known)) return { head, rows: [] };
  const asked = new Set(ids);
  return { head, rows: placed(tenantId, rows, head).filter(({ eventId }) => asked.has(eventId)) };
};

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const holds = (rows: readonly ChainRow[], known: ChainHead | undefined): boolean =>
  known === undefined || rows.some(({ seq, hash }) => seq === known.seq && equal(hash, known.hash));

/** The rows that are linked to both sides. @param rows in order of seq, with the neighbours of each that matters */
const placed = (tenantId: string, rows: readonly ChainRow[], head: ChainHead): readonly ChainRow[] => {
  const follows = rows.map((row, index) => isLinked(tenantId, row, rows[index - 1]));
  return rows.filter(
    ({ seq, hash }, index) =>
      follows[index] === true &&
      (seq === head.seq ? equal(hash, head.hash) : seq < head.seq && follows[index + 1] === true),
  );
};

const isLinked = (tenantId: string, row: ChainRow, before: ChainRow | undefined): boolean => {
  if (row.seq !== 1 && before === undefined) return false;
  const start = before && { seq: before.seq + 1, previousHash: before.hash, sealedAt: before.sealedAt };
  return new ChainVerification(tenantId, row.seq === 1 ? undefined : start).feed(row) === undefined;
};
