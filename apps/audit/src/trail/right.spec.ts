import { randomUUID } from 'node:crypto';
import { withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';

/** insufficient_privilege. */
const denied = '42501';

describe('the rights of the service’s role', () => {
  let audit: RunningAudit;
  const [tenantId, other] = [randomUUID(), randomUUID()];
  beforeAll(async () => {
    audit = await startAudit();
    await audit.append([...eventsOf(tenantId, 3), ...eventsOf(other, 2)]);
  });
  afterAll(() => audit.stop());

  const app = () => audit.instances[0]?.dataSource ?? expect.unreachable();
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code,
    );
  const asTenant = (sql: string) => codeOf(withTenant(app(), tenantId, (manager) => manager.query(sql)));
  const partitions = () =>
    audit.postgres.query(
      database,
      `SELECT relid::text AS name, isleaf FROM pg_partition_tree('sealed_event') WHERE level > 0`,
    );

  it.each(['sealed_event', 'event_dedup', 'trail_head', 'checkpoint', 'tree_tile', 'tree_walk'])(
    'do not include UPDATE, DELETE, TRUNCATE or a row lock on %s',
    async (table) => {
      expect(await asTenant(`UPDATE ${table} SET tenant_id = tenant_id`)).toBe(denied);
      expect(await asTenant(`DELETE FROM ${table}`)).toBe(denied);
      expect(await asTenant(`TRUNCATE ${table}`)).toBe(denied);
      expect(await asTenant(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)).toBe(denied);
      expect(await asTenant(`SELECT 1 FROM ${table} FOR UPDATE`)).toBe(denied);
    },
  );

  it('do not include any access to a partition, not even reading', async () => {
    const names = (await partitions()).map((row) => String(row['name']));
    expect(names.length).toBe(8 + 8 * 3);
    for (const name of names) {
      expect(await asTenant(`SELECT 1 FROM ${name}`)).toBe(denied);
      expect(await asTenant(`INSERT INTO ${name} SELECT * FROM sealed_event`)).toBe(denied);
      expect(await asTenant(`TRUNCATE ${name}`)).toBe(denied);
    }
  });

  it('do not include creating tables or becoming another role', async () => {
    expect(await asTenant('CREATE TABLE own (a int)')).toBe(denied);
    expect(await asTenant('SET ROLE ankadb_audit_owner')).toBe(denied);
    expect(await asTenant('SET session_replication_role = replica')).toBe(denied);
  });

  it.each(['sealed_event', 'event_dedup', 'trail_head'])(
    'show only the rows of the transaction’s tenant in %s',
    async (table) => {
      const rows = await withTenant(app(), tenantId, (manager) =>
        manager.query<{ tenant_id: string }[]>(`SELECT tenant_id FROM ${table}`),
      );
      expect(new Set(rows.map((row) => row.tenant_id))).toEqual(new Set([tenantId]));
      expect(await app().query(`SELECT 1 FROM ${table}`)).toEqual([]);
    },
  );

  it('do not include writing for another tenant', async () => {
    expect(await asTenant(`INSERT INTO event_dedup VALUES ('${other}', gen_random_uuid())`)).toBe(denied);
    expect(await asTenant(`SELECT lock_trail_head('${randomUUID()}', '\\x00')`)).not.toBe('done');
    const advance = `SELECT advance_trail_head('${other}', 2, 3, decode(repeat('00', 32), 'hex'), now())`;
    expect(await asTenant(advance)).toBe('P0001');
  });

  it('allow a head to move forward only', async () => {
    const advance = (from: number, to: number) =>
      `SELECT advance_trail_head('${tenantId}', ${from}, ${to}, decode(repeat('00', 32), 'hex'), now())`;
    expect(await asTenant(advance(3, 2))).toBe('P0001');
    expect(await asTenant(advance(2, 4))).toBe('P0001');
  });

  it('are backed by triggers that stop even the owner', async () => {
    const leaf = String((await partitions()).find((row) => row['isleaf'])?.['name']);
    for (const sql of [
      `TRUNCATE ${leaf}`,
      'TRUNCATE sealed_event',
      `TRUNCATE trail_head`,
      `DELETE FROM sealed_event`,
      `UPDATE sealed_event SET user_id = 'x'`,
      'DELETE FROM trail_head',
    ])
      expect(await codeOf(audit.postgres.query(database, sql)), sql).toBe(denied);
  });

  it('are backed by row-level security and triggers on every partition', async () => {
    const rows = await audit.postgres.query(
      database,
      `SELECT relrowsecurity, (SELECT count(*)::int FROM pg_trigger t WHERE t.tgrelid = c.oid AND tgname = 'never_truncated') AS truncate,
              (SELECT count(*)::int FROM pg_trigger t WHERE t.tgrelid = c.oid AND tgname = 'never_changed') AS change
       FROM pg_class c WHERE oid IN (SELECT relid FROM pg_partition_tree('sealed_event'))`,
    );
    expect(rows.length).toBe(33);
    for (const row of rows) expect(row).toEqual({ relrowsecurity: true, truncate: 1, change: 1 });
  });

  it('include creating the partitions of the months ahead, once', async () => {
    expect(await app().query('SELECT make_month_partitions(2) AS made')).toEqual([{ made: 0 }]);
    expect(await app().query('SELECT make_month_partitions(3) AS made')).toEqual([{ made: 8 }]);
    expect(await codeOf(app().query('SELECT make_month_partitions(1000)'))).toBe('P0001');
    const [row] = await audit.postgres.query(
      database,
      'SELECT max(sealed_at) < now() AS sealed, count(*)::int AS rows FROM sealed_event',
    );
    expect(row).toEqual({ sealed: true, rows: 5 });
  });
});
