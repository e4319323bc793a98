import { monotonicNow } from '@ankasecure/contracts';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Reading } from '../clock/remote-clock.js';
import { assertAllNamed, forgetNoted } from './noted-changes.js';
import { inTurn } from './tenant-turns.js';

/** The tenants of transactions, by their connections. */
const tenants = new WeakMap<QueryRunner, string>();
/** The beginnings of transactions, by their connections. */
const beginnings = new WeakMap<QueryRunner, Beginning>();

/** When a transaction was asked to begin and when it had begun, as moments of `monotonicNow`. */
export type Beginning = Pick<Reading, 'asked' | 'answered'>;

/** The tenant whose rows the connection's transaction may load; undefined outside of `withTenant`. */
export const tenantWithin = (runner: QueryRunner): string | undefined => tenants.get(runner);

/** When the connection's transaction began; undefined outside of `withTenant`. */
export const beginningOf = (runner: QueryRunner): Beginning | undefined => beginnings.get(runner);

/**
 * Runs `work` in one transaction. Row-level security shows it the rows of `tenantId` and no others. Every statement on a
 * tenant's rows runs here. Events must name every change of a sealed record, otherwise nothing is committed. Tenants take turns
 * at the connections.
 * @param isolation `REPEATABLE READ` for work whose statements must all see the same snapshot
 * @throws AnkaError `service-unavailable` if the tenant's turn does not come in the time that a connection may take
 */
export const withTenant = <Value>(
  dataSource: DataSource,
  tenantId: string,
  work: (manager: EntityManager) => Promise<Value>,
  isolation?: 'REPEATABLE READ',
): Promise<Value> =>
  inTurn(dataSource, tenantId, () => {
    const asked = monotonicNow();
    const asTenant = async (manager: EntityManager): Promise<Value> => {
      if (manager.queryRunner !== undefined) {
        tenants.set(manager.queryRunner, tenantId);
        beginnings.set(manager.queryRunner, { asked, answered: monotonicNow() });
      }
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
  });

/** SQL that puts `table` behind the second wall: the service's role sees only the rows of the transaction's tenant. */
export const tenantIsolation = (table: string): string => `
  ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
  CREATE POLICY tenant_isolation ON ${table}
    USING (tenant_id = nullif(current_setting('ankasecure.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('ankasecure.tenant', true), '')::uuid);`;
