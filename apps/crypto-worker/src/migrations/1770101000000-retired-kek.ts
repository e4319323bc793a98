import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/**
 * A KEK that a rotation has replaced is retired: it is used for nothing, and destroyed when no backup is left that needs it.
 * An open rotation of an earlier release ends so, too.
 */
export class RetiredKek1770101000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platform_key
        ADD COLUMN retired_at timestamptz(3),
        ADD COLUMN destroy_at timestamptz(3),
        ADD CONSTRAINT platform_key_retired CHECK ((retired_at IS NULL) = (destroy_at IS NULL) AND (retired_at IS NULL OR kind = 'kek'));
      GRANT UPDATE (retired_at, destroy_at) ON platform_key TO ${app};

      -- Retired KEKs whose time has come and whose destruction has not begun. Workers see across tenants only through this.
      CREATE FUNCTION due_keks(on_partition text)
        RETURNS TABLE (tenant_id uuid, generation integer)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT p.tenant_id, p.generation FROM platform_key p
        WHERE p.partition = on_partition AND p.kind = 'kek' AND p.destroy_at <= now() AND p.destroyed_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.tenant_id = p.tenant_id AND i.object_id = p.object_id)
        ORDER BY p.destroy_at LIMIT 100;
      $$;
      REVOKE ALL ON FUNCTION due_keks(text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION due_keks(text) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('retired KEKs would be used again');
  }
}
