import type { DataSource, EntityManager } from 'typeorm';

/**
 * Runs `work` in one transaction in which row-level security lets through the rows of `tenantId` and no others.
 * Every statement that touches a tenant's rows goes through here.
 * @param isolation `REPEATABLE READ` for work whose statements must all see the same moment
 */
export const withTenant = <Value>(
  dataSource: DataSource,
  tenantId: string,
  work: (manager: EntityManager) => Promise<Value>,
  isolation?: 'REPEATABLE READ',
): Promise<Value> => {
  const asTenant = async (manager: EntityManager): Promise<Value> => {
    await manager.query(`SELECT set_config('ankasecure.tenant', $1, true)`, [tenantId]);
    return work(manager);
  };
  return isolation === undefined ? dataSource.transaction(asTenant) : dataSource.transaction(isolation, asTenant);
};

/** SQL that puts `table` behind the second wall: only the transaction's tenant is visible to the role the service logs in as. */
export const tenantIsolation = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY tenant_isolation ON ${table}
    USING (tenant_id = nullif(current_setting('ankasecure.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('ankasecure.tenant', true), '')::uuid);`;
