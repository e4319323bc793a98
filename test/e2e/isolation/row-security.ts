import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryOnce } from '@ankasecure/local';
import { type Database, databases, type Rig } from '../harness/rig.js';
import { eventually } from '../harness/wait.js';

export interface TenantTable {
  readonly database: Database;
  readonly table: string;
}

/** The relay delivers the events of all tenants from the outbox, and no row stays there. */
const ofEveryTenant = ['outbox'];

/** Every table of every service whose rows belong to one tenant. Partitions are reached only through their parent. */
export const tenantTables = async (rig: Rig): Promise<readonly TenantTable[]> => {
  const perDatabase = databases.map(async (database) => {
    const rows = await rig.query(
      database,
      `SELECT c.relname AS table FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE has_table_privilege('${database}_app', c.oid, 'SELECT') AND a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace`,
    );
    return rows
      .map((row) => ({ database, table: String(row['table']) }))
      .filter(({ table }) => !ofEveryTenant.includes(table));
  });
  return (await Promise.all(perDatabase)).flat();
};

/**
 * Counts rows of `tenantId` and of other tenants as the service sees them in a transaction of `tenantId`: with its own login
 * and the setting that row-level security uses.
 */
const rowsSeen = async (
  rig: Rig,
  { database, table }: TenantTable,
  tenantId: string,
): Promise<{ readonly own: number; readonly foreign: number }> => {
  const user = `${database}_app`;
  const password = readFileSync(join(rig.dataDirectory, 'postgres', 'passwords', user), 'utf8');
  const login = { ...rig.superuser, database, user, password, options: `-c ankasecure.tenant=${tenantId}` };
  const [row] = await queryOnce(login, countsOf(table), [tenantId]);
  return { own: Number(row?.['own']), foreign: Number(row?.['foreign']) };
};

/** Counts the same rows without row-level security. */
export const rowsThere = async (rig: Rig, { database, table }: TenantTable, tenantId: string) => {
  const [row] = await rig.query(database, countsOf(table), [tenantId]);
  return { own: Number(row?.['own']), foreign: Number(row?.['foreign']) };
};

/** Counts both ways while the table stands still: events of earlier requests may still be on their way to it. */
export const rowsAtOnce = (rig: Rig, table: TenantTable, tenantId: string) =>
  eventually(`${table.database}.${table.table} keeps its rows`, async () => {
    const before = await rowsThere(rig, table, tenantId);
    const seen = await rowsSeen(rig, table, tenantId);
    const there = await rowsThere(rig, table, tenantId);
    return before.own === there.own && { seen, there };
  });

const countsOf = (table: string): string =>
  `SELECT count(*) FILTER (WHERE tenant_id = $1) AS own, count(*) FILTER (WHERE tenant_id <> $1) AS foreign FROM ${table}`;
