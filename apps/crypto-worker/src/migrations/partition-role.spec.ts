import { randomBytes, randomUUID } from 'node:crypto';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Partition, pkcs11Section } from '../custody/partition.js';
import { PartitionRole } from '../group/partition-role.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';

/** Rows of one tenant in every table, in an order that foreign keys allow. The values are the tenant's and the partition's. */
const rows: Readonly<Record<string, string>> = {
  platform_key: `(tenant_id, kind, generation, partition, token_label, token_serial, object_id, retired_at, destroy_at)
    VALUES ($1, 'kek', 1, $2, 't', 's', $3, now(), now())`,
  tenant_policy: `(tenant_id, revision, document) VALUES ($1, 1, '{}')`,
  key: `(tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $1, 'k', 'EC-P256', 'sign', '{ES256}', 'x')`,
  key_version: `(tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id, destroy_at)
    VALUES ($1, $1, 1, 'DESTROY_SCHEDULED', 'token', $2, 't', 's', $3, now()),
      ($1, $1, 2, 'ACTIVE', 'token', $2, 't', 's', sha256($3)::bytea, now())`,
  key_alias: `(tenant_id, name, key_id) VALUES ($1, 'a', $1)`,
  former_kid: `(tenant_id, kid, key_id) VALUES ($1, 'a', $1)`,
  past_alias: `(tenant_id, last_revision) VALUES ($1, 1)`,
  key_grant: `(tenant_id, key_id, kind, grantee, rights, granted_by) VALUES ($1, $1, 'subject', 'x', '{view}', 'x')`,
  key_usage: `(tenant_id, key_id, version, operation, slot, uses, last_used_at) VALUES ($1, $1, 1, 'sign', 1, 1, now())`,
  rotation_policy: `(tenant_id, key_id, interval, interval_seconds, next_at, set_by) VALUES ($1, $1, 'PT1S', 1, now(), 'x')`,
  kek_rotation: `(tenant_id, generation, partition, total, started_by, correlation_id) VALUES ($1, 1, $2, 0, 'x', 'x')`,
  intent: `(tenant_id, object_id, owner, partition, lease, event) VALUES ($1, $3, 'x', $2, 0, '{}')`,
  gcm_reservation: `(tenant_id, key_id, version, reserved) VALUES ($1, $1, 1, 0)`,
  use_reservation: `(tenant_id, key_id, version, reserved) VALUES ($1, $1, 1, 0)`,
  record_position: `(tenant_id, revision) VALUES ($1, 1)`,
  outbox: `(event_count, events) VALUES (1, '[{"tenantId":"' || $1 || '"}]')`,
};

/** Tables without rows of a tenant, or that no worker may read. */
const others: Readonly<Record<string, string>> = {
  heartbeat: 'proves that the database can be written to',
  tenant_home: 'no worker may read it',
  migrations: 'no worker may read it',
  refused_pin: 'names no tenant, and is the partition’s own: see refused-pins.spec.ts',
};

/** Functions that bypass row-level security and return nothing that another partition's rows hold. */
const harmless: Readonly<Record<string, string>> = {
  beat: 'writes the time',
  commit_outcomes:
    'returns the numbers of the caller’s own groups; the audit service refuses events of other partitions',
  is_own_tenant: 'tells only whether the tenant is another partition’s',
  may_see_partition: 'compares its argument with the caller’s own partition',
};

describe('workers of one partition', () => {
  let database: WorkerDatabase;
  const places: Record<'default' | 'north', { tenantId: string; dataSource: DataSource }> = {} as never;

  beforeAll(async () => {
    database = await startWorkerDatabase();
    const north = await database.as('north');
    for (const [partition, dataSource] of [
      ['default', database.dataSource],
      ['north', north.dataSource],
    ] as const) {
      const tenantId = randomUUID();
      places[partition] = { tenantId, dataSource };
      for (const [table, row] of Object.entries(rows)) await fill(table, row, tenantId, partition);
    }
    await database.superuser.query(`UPDATE outbox SET partition = 'north' WHERE tenant_id = $1`, [
      places.north.tenantId,
    ]);
  });
  afterAll(() => database.stop());

  const fill = (table: string, row: string, tenantId: string, partition: string): Promise<unknown> => {
    const values = [tenantId, partition, randomBytes(16)];
    const used = values.filter((_, index) => row.includes(`$${index + 1}`));
    const statement = row
      .replaceAll('sha256($3)::bytea', "decode(md5(encode($3::bytea, 'hex')), 'hex')")
      .replaceAll('$3', `$${used.length}`);
    return database.superuser.query(`INSERT INTO ${table} ${statement}`, used);
  };

  it('are tested with every table', async () => {
    const found = await database.superuser.query<{ name: string }[]>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    expect(found.map(({ name }) => name).toSorted()).toEqual([...Object.keys(rows), ...Object.keys(others)].toSorted());
  });

  describe.each(['default', 'north'] as const)('%s', (own) => {
    const other = own === 'default' ? 'north' : 'default';
    const see = (table: string, of: 'default' | 'north', by: 'default' | 'north' = own) =>
      withTenant(places[by].dataSource, places[of].tenantId, (manager) =>
        manager.query<unknown[]>(`SELECT 1 FROM ${table} WHERE tenant_id = $1`, [places[of].tenantId]),
      );

    it.each(Object.keys(rows))('read their own rows of %s, and none of the other’s', async (table) => {
      expect(await see(table, own)).not.toEqual([]);
      expect(await see(table, other)).toEqual([]);
    });

    it('see no more with another role, another tenant or other settings', async () => {
      await withTenant(places[own].dataSource, places[other].tenantId, async (manager) => {
        await manager.query(`SET LOCAL ankasecure.partition = '${other}'`);
        await manager.query('SET LOCAL ROLE ankadb_keys_app');
        expect(await manager.query('SELECT 1 FROM key_version')).toEqual([]);
        expect(await manager.query(`SELECT 1 FROM outbox WHERE partition = '${other}'`)).toEqual([]);
      });
    });

    it('write nothing for a tenant of the other, and nothing in the other’s name', async () => {
      const insert = (tenantId: string, partition: string) =>
        withTenant(places[own].dataSource, tenantId, (manager) =>
          manager.query(`INSERT INTO intent ${rows['intent']}`, [tenantId, partition, randomBytes(16)]),
        );
      const refusal = { code: '42501' };
      await expect(insert(places[other].tenantId, own)).rejects.toMatchObject(refusal);
      await expect(insert(places[other].tenantId, other)).rejects.toMatchObject(refusal);
      await expect(insert(places[own].tenantId, other)).rejects.toMatchObject(refusal);
      await insert(places[own].tenantId, own);
      const fresh = randomUUID();
      await insert(fresh, own);
      // The tenant is theirs from now on.
      const theirs = withTenant(places[other].dataSource, fresh, (manager) =>
        manager.query(`INSERT INTO key ${rows['key']}`, [fresh]),
      );
      await expect(theirs).rejects.toMatchObject(refusal);
    });

    it('get nothing of the other from any function that bypasses row-level security', async () => {
      const functions = await database.superuser.query<{ name: string; types: string[] }[]>(
        `SELECT p.proname AS name, ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t) AS types
         FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
           AND has_function_privilege('ankadb_keys_app', p.oid, 'EXECUTE') ORDER BY 1`,
      );
      const asked = functions.filter(({ name }) => !(name in harmless));
      expect(asked.map(({ name }) => name)).toEqual([
        'due_destructions',
        'due_keks',
        'due_rotations',
        'open_intents',
        'open_kek_rotations',
        'record_positions_of',
        'record_tenants',
        'tenants_enforcing_otherwise',
      ]);
      const valueOf = (type: string, of: 'default' | 'north') =>
        ({ text: of, 'uuid[]': [places[of].tenantId], 'integer[]': [1000], 'timestamp with time zone': '2100-01-01' })[
          type
        ];
      for (const { name, types } of asked)
        for (const of of [own, other] as const) {
          const call = `SELECT * FROM ${name}(${types.map((_, index) => `$${index + 1}`).join(', ')})`;
          const values = types.map((type) => valueOf(type, of));
          const outcome = await places[own].dataSource.query<unknown[]>(call, values).then(
            (found) => (found.length > 0 ? 'rows' : 'nothing'),
            ({ code }: { code: string }) => code,
          );
          const foreign = types[0] === 'text' ? '42501' : 'nothing';
          expect(outcome, `${name} of ${of}`).toBe(of === own ? 'rows' : foreign);
        }
    });

    it('start only with the role of their partition', async () => {
      const check = (partition: string) => {
        const section = pkcs11Section.parse({ libraryPath: 'none', pin: 'none' });
        return new PartitionRole(places[own].dataSource, new Partition(partition, section)).onModuleInit();
      };
      await check(own);
      await expect(check(other)).rejects.toThrow(
        other === 'default' ? /database.user ankadb_keys_app$/ : /database.user ankadb_keys_app_north$/,
      );
    });
  });
});
