import type { ChainRow, ChainStart } from '@ankasecure/audit-event';
import type { EntityManager } from 'typeorm';
import { chainRowOf, type ExactRow, selectExactRows } from './exact-row.sql.js';

/** The rows of one slice of a proof, at most: as many as a batch can have. */
export const rowsOfSlice = 1000;

/** No row after the start was sealed before it, so that earlier months are not read. A second is left for what the driver rounds. */
const slice = `${selectExactRows}
  WHERE tenant_id = $1 AND sealed_event.seq >= $2 AND sealed_event.seq <= $3
    AND sealed_event.sealed_at >= to_timestamp($4::float8 / 1000000 - 1)
  ORDER BY sealed_event.seq LIMIT ${rowsOfSlice}`;

/** The next rows of a tenant's trail, from a start on up to `untilSeq`. */
export const selectSlice = async (
  manager: EntityManager,
  tenantId: string,
  { seq, sealedAt }: Pick<ChainStart, 'seq' | 'sealedAt'>,
  untilSeq: number,
): Promise<readonly ChainRow[]> =>
  (await manager.query<ExactRow[]>(slice, [tenantId, seq, untilSeq, sealedAt])).map(chainRowOf);
