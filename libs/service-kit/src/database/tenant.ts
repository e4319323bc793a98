import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { assertAllNamed, forgetNoted } from './noted-changes.js';

/** The tenants of transactions, by their connections. */
const tenants = new WeakMap<QueryRunner, string>();

/** The tenant whose rows the connection's transaction may load; undefined outside of `withTenant`. */
export const tenantWithin = (runner: QueryRunner): string | undefined => tenants.get(runner);

/**
 * Runs `work` in one transaction. Row-level security shows it the rows of `tenantId` and no others. Every statement on a
 * tenant's rows runs here. Events must name every change of a sealed record, otherwise nothing is committed.
 * @param isolation `REPEATABLE READ` for work whose statements must all see the same snapshot
 */
export const withTenant = <Value>(
  dataSource: DataSource,
  tenantId: string,
  work: (manager: EntityManager) => Promise<Value>,
  isolation?: 'REPEATABLE READ',
): Promise<Value> => {
  const asTenant = async (manager: EntityManager): Promise<Value> => {
    if (manager.queryRunner !== undefined) tenants.set(manager.queryRunner, tenantId);
    await manager.query(`SELECT set_config('ankasecure.tenant', $1, true)`, [tenantId]);
    try {
      const result = await work(manager);
      assertAllNamed(manager);
      return result;
    } finally {
      forgetNoted(manager);
    }
  };
  return isolation === undefined ? dataSource.transaction(asTenant) : dataSource.transaction(isolation, asTenant);
};

/** SQL that puts `table` behind the second wall: the service's role sees only the rows of the transaction's tenant. */
export const tenantIsolation = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY tenant_isolation ON ${table}
    USING (tenant_id = nullif(current_setting('ankasecure.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('ankasecure.tenant', true), '')::uuid);`;
