import type { RecordHead } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { KnownHeads } from './known-heads.js';
import { RecordHead as RecordHeadRow } from './record-head.entity.js';
import { headsAfter, namesChanges } from './record-head.sql.js';
import { RecordIndexRecord } from './record-index.entity.js';

/** A tenant's index and heads, as the database tells them. */
export interface ReadIndex {
  readonly held: RecordIndexRecord | null;
  /** All heads, or those that changed after `from`. */
  readonly heads: readonly RecordHead[];
  readonly from: KnownHeads | undefined;
  /** The trail names changes of records, and neither a head nor an index is there. */
  readonly isDeleted: boolean;
}

/** Where to begin, and where to end. */
export interface ReadRange {
  /** The heads that are known; undefined to read everything. */
  readonly known: KnownHeads | undefined;
  /** The first event of a batch that the index does not hold yet. */
  readonly before: number;
}

/** Reads what has changed since the known heads, or everything. The manager's transaction must see one state. */
export const readIndex = async (
  manager: EntityManager,
  tenantId: string,
  { known, before }: ReadRange,
): Promise<ReadIndex> => {
  const held = await manager.findOneBy(RecordIndexRecord, { tenantId });
  if (held !== null && known !== undefined && held.mac.equals(known.mac))
    return { held, heads: [], from: known, isDeleted: false };
  if (held !== null && known !== undefined && held.seq > known.seq)
    return { held, heads: await headsAfter(manager, tenantId, known.seq), from: known, isDeleted: false };
  const heads = await manager.findBy(RecordHeadRow, { tenantId });
  const isEmpty = held === null && heads.length === 0;
  return { held, heads, from: undefined, isDeleted: isEmpty && (await namesChanges(manager, tenantId, before)) };
};
