import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/** Scheduled destruction, and intents to destroy in addition to intents to make. */
export class Destruction1764000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key ADD COLUMN purge_protection boolean NOT NULL DEFAULT false;
      ALTER TABLE key_version
        ADD COLUMN destroy_at timestamptz,
        ADD COLUMN destroy_scheduled_by text,
        ADD COLUMN destroyed_at timestamptz;
      CREATE INDEX key_version_to_destroy ON key_version (partition, destroy_at) WHERE state = 'DESTROY_SCHEDULED';
      ALTER TABLE intent ADD COLUMN kind text NOT NULL DEFAULT 'make' CHECK (kind IN ('make', 'destroy'));

      DROP FUNCTION open_intents(text);
      CREATE FUNCTION open_intents(on_partition text)
        RETURNS TABLE (tenant_id uuid, object_id bytea, kind text, lease bigint, event text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT i.tenant_id, i.object_id, i.kind, i.lease, i.event FROM intent i
        WHERE i.partition = on_partition ORDER BY i.created_at;
      $$;

      -- What is to be destroyed by \`at\` and has not been begun. The sweeper sees across tenants only through this.
      CREATE FUNCTION due_destructions(on_partition text, at timestamptz)
        RETURNS TABLE (tenant_id uuid, key_id uuid, version integer, algorithm text, object_id bytea, scheduled_by text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT v.tenant_id, v.key_id, v.version, k.algorithm, v.object_id, coalesce(v.destroy_scheduled_by, '-')
        FROM key_version v JOIN key k ON k.tenant_id = v.tenant_id AND k.id = v.key_id
        WHERE v.partition = on_partition AND v.state = 'DESTROY_SCHEDULED' AND v.destroy_at <= at
          AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.tenant_id = v.tenant_id AND i.object_id = v.object_id)
        ORDER BY v.destroy_at LIMIT 100;
      $$;
      REVOKE ALL ON FUNCTION open_intents(text), due_destructions(text, timestamptz) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION open_intents(text), due_destructions(text, timestamptz) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('what it would forget of the keys cannot be had again');
  }
}
