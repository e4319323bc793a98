import type { DataSource, EntityManager } from 'typeorm';
import { holdFence } from '../../key/lock/tenant-fence.sql.js';

/**
 * Tells whether a blob is wrapped by a KEK of this generation or an older one. Holds the tenant's fence, so the answer stays
 * true: no key is recorded under a KEK that a rotation has replaced.
 */
export const isAnyKeyUnder = async (manager: EntityManager, tenantId: string, generation: number): Promise<boolean> => {
  await holdFence(manager, tenantId);
  const rows = await manager.query<unknown[]>(
    'SELECT 1 FROM key_version WHERE tenant_id = $1 AND kek_generation <= $2 LIMIT 1',
    [tenantId, generation],
  );
  return rows.length > 0;
};

/** A retired KEK that no backup needs any more. */
export interface DueKek {
  readonly tenantId: string;
  readonly generation: number;
}

/** Lists the retired KEKs of a partition that are due, for all tenants. The function bypasses row-level security. */
export const dueKeks = (dataSource: DataSource, partition: string): Promise<DueKek[]> =>
  dataSource.query<DueKek[]>('SELECT tenant_id AS "tenantId", generation FROM due_keks($1)', [partition]);
