import type { DataSource, EntityManager } from 'typeorm';

/**
 * Takes the next `count` revisions of the tenant's records, for records that the caller's transaction has changed and now
 * seals. Other changes of the tenant's records wait for its commit, so take them last.
 * @returns the first of them
 */
export const takeRevisions = async (manager: EntityManager, tenantId: string, count = 1): Promise<number> => {
  const [row] = await manager.query<{ revision: number }[]>(
    `INSERT INTO record_position AS held (tenant_id, revision) VALUES ($1, $2)
     ON CONFLICT (tenant_id) DO UPDATE SET revision = held.revision + $2
     RETURNING revision::float8 AS revision`,
    [tenantId, count],
  );
  if (row === undefined) throw new Error('a counter without a row');
  return row.revision - count + 1;
};

/** Moves the counter to at least `revision`, after a restore: no record gets a revision that the trail knows already. */
export const skipRevisions = async (manager: EntityManager, tenantId: string, revision: number): Promise<void> => {
  await manager.query(
    `INSERT INTO record_position AS held (tenant_id, revision) VALUES ($1, $2)
     ON CONFLICT (tenant_id) DO UPDATE SET revision = greatest(held.revision, excluded.revision)`,
    [tenantId, revision],
  );
};

/** The highest revisions of some tenants. A tenant without records has none. */
export const positionsOf = async (
  dataSource: DataSource,
  tenantIds: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const rows = await dataSource.query<{ tenantId: string; revision: number }[]>(
    'SELECT tenant_id AS "tenantId", revision::float8 AS revision FROM record_positions_of($1)',
    [tenantIds],
  );
  return new Map(rows.map(({ tenantId, revision }) => [tenantId, revision]));
};
