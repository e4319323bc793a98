import type { DataSource } from 'typeorm';

/**
 * The tenants with a pending change, longest waiting first. The function runs with its owner's rights, and is the only way for
 * the service to see across tenants.
 */
export const tenantsWithPendingChange = async (dataSource: DataSource): Promise<readonly string[]> => {
  const rows = await dataSource.query<{ tenantId: string }[]>('SELECT tenants_with_pending_change() AS "tenantId"');
  return rows.map(({ tenantId }) => tenantId);
};
