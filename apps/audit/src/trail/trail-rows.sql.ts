import type { ChainRow, ChainStart } from '@ankasecure/audit-event';
import type { EntityManager } from 'typeorm';
import { chainRowOf, type ExactRow, exactColumns, mostRowBytes, rowBytes } from './exact-row.sql.js';

/** The rows of one slice of a proof, at most: as many as a batch can have. */
export const rowsOfSlice = 1000;
/** A slice ends with the row that reaches this size. */
export const bytesOfSlice = 8 * 1024 * 1024;

/**
 * Rows that were sealed before the start are left out, so that earlier months are not read. A second is left for what the driver rounds.
 * A row that is longer than any of ours is left out.
 */
const slice = `SELECT ${exactColumns} FROM (
    SELECT sized.*, sum(bytes) OVER (ORDER BY sized.seq) - bytes AS before FROM (
      SELECT *, ${rowBytes} AS bytes FROM sealed_event
      WHERE tenant_id = $1 AND seq >= $2 AND seq <= $3 AND sealed_at >= to_timestamp($4::float8 / 1000000 - 1)
        AND ${rowBytes} <= ${mostRowBytes}
      ORDER BY seq LIMIT ${rowsOfSlice}) sized) sealed_event
  WHERE before < ${bytesOfSlice} ORDER BY sealed_event.seq`;

/**
 * The next rows of a tenant's trail, from a start on up to `untilSeq`. They were sealed after it, unless a process of a release before
 * has sealed them back in time because its database lied: rows that are missing are looked for at any time.
 */
export const selectSlice = async (
  manager: EntityManager,
  tenantId: string,
  { seq, sealedAt }: Pick<ChainStart, 'seq' | 'sealedAt'>,
  untilSeq: number,
): Promise<readonly ChainRow[]> => {
  const read = async (since: number): Promise<readonly ChainRow[]> => {
    const rows = await manager.query<ExactRow[]>(slice, [tenantId, seq, untilSeq, since]);
    // A lying database may answer with more.
    return rows.slice(0, rowsOfSlice).map(chainRowOf);
  };
  const rows = await read(sealedAt);
  const isGapless = rows.length > 0 && rows.every((row, index) => row.seq === seq + index);
  return isGapless || sealedAt === 0 ? rows : read(0);
};

/** Has the database end each statement of the transaction after that time. @param ms at least 1 */
export const limitStatements = async (manager: EntityManager, ms: number): Promise<void> => {
  await manager.query(`SELECT set_config('statement_timeout', $1, true)`, [String(Math.max(1, ms))]);
};
