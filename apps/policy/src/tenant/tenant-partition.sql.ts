import type { DataSource } from 'typeorm';

/** Reads the partition of a tenant without a check of its seal. The workers of that partition check the seal. */
export const partitionOf = async (dataSource: DataSource, tenantId: string): Promise<string | undefined> => {
  const [row] = await dataSource.query<{ partition: string }[]>('SELECT partition FROM tenant WHERE id = $1', [
    tenantId,
  ]);
  return row?.partition;
};

/** Those of some tenants that are stored. */
export const storedTenants = async (
  dataSource: DataSource,
  tenantIds: readonly string[],
): Promise<readonly string[]> => {
  const rows = await dataSource.query<{ id: string }[]>('SELECT id FROM tenant WHERE id = ANY ($1)', [tenantIds]);
  return rows.map(({ id }) => id);
};
