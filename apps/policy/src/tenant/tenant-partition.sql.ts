import type { DataSource } from 'typeorm';

/** Reads the partition of a tenant without a check of its seal. The workers of that partition check the seal. */
export const partitionOf = async (dataSource: DataSource, tenantId: string): Promise<string | undefined> => {
  const [row] = await dataSource.query<{ partition: string }[]>('SELECT partition FROM tenant WHERE id = $1', [
    tenantId,
  ]);
  return row?.partition;
};

/** What this database holds of a tenant and its policy. */
export interface HeldVersions {
  readonly tenantId: string;
  readonly partition: string;
  /** The version in force; 0 for none. */
  readonly inForce: number;
  /** The newest version, whatever became of it; 0 for none. */
  readonly newest: number;
}

/** Reads those of some tenants that are stored. It is a hint: no seal is checked. */
export const heldVersions = (dataSource: DataSource, tenantIds: readonly string[]): Promise<HeldVersions[]> =>
  dataSource.query<HeldVersions[]>(
    'SELECT tenant_id AS "tenantId", partition, in_force AS "inForce", newest FROM held_versions($1)',
    [tenantIds],
  );
