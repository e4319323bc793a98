import type { DataSource, EntityManager } from 'typeorm';

/** A move of a tenant's counter. */
export interface Advance {
  /** The counter after it. */
  readonly revision: number;
  /** The counter before it, or earlier if another change has moved it meanwhile; 0 for none. */
  readonly before: number;
}

/**
 * Moves the counter by `count`, from `floor` if it is lower. Other changes of the tenant's records wait for the commit, so call it
 * last. Services take revisions with `RecordRevisions`, which checks what the database says.
 */
export const advancePosition = async (
  manager: EntityManager,
  tenantId: string,
  count: number,
  floor: number,
): Promise<Advance> => {
  const [row] = await manager.query<Advance[]>(
    `INSERT INTO record_position AS held (tenant_id, revision) VALUES ($1, $3::bigint + $2::bigint)
     ON CONFLICT (tenant_id) DO UPDATE SET revision = greatest(held.revision, $3::bigint) + $2::bigint
     RETURNING revision::float8 AS revision,
       coalesce((SELECT b.revision FROM record_position b WHERE b.tenant_id = $1), 0)::float8 AS before`,
    [tenantId, count, floor],
  );
  if (row === undefined) throw new Error('a counter without a row');
  return row;
};

/** Reads a tenant's counter; 0 for none. */
export const positionOf = async (manager: EntityManager, tenantId: string): Promise<number> => {
  const [row] = await manager.query<{ revision: number }[]>(
    'SELECT revision::float8 AS revision FROM record_position WHERE tenant_id = $1',
    [tenantId],
  );
  return row?.revision ?? 0;
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
