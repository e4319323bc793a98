import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

const sealedTables = [
  'key',
  'key_version',
  'key_alias',
  'key_grant',
  'rotation_policy',
  'platform_key',
  'kek_rotation',
  'tenant_policy',
  'intent',
];

/** The seal of each record that decides: an HMAC under a key that exists in the token alone. Workers seal what stands already. */
export class RecordSeal1770000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of sealedTables)
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN seal bytea;
        GRANT UPDATE (seal) ON ${table} TO ${app};`);
    await runner.query(`
      -- The tenants of a partition, and whether any of their keys is sealed. A worker sees across tenants only through this.
      CREATE FUNCTION record_tenants(on_partition text) RETURNS TABLE (tenant_id uuid, sealed boolean)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT p.tenant_id, bool_or(p.seal IS NOT NULL) FROM platform_key p WHERE p.partition = on_partition GROUP BY 1;
      $$;
      REVOKE ALL ON FUNCTION record_tenants(text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION record_tenants(text) TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION record_tenants(text)');
    for (const table of sealedTables) await runner.query(`ALTER TABLE ${table} DROP COLUMN seal`);
  }
}
