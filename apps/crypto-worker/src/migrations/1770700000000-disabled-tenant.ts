import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A tenant can be disabled. Nothing that was due is rotated or destroyed meanwhile. A destruction that came due before the
 * tenant is enabled waits for another day, so that it can still be cancelled.
 */
export class DisabledTenant1770700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tenant_policy
        ADD COLUMN disabled_at timestamptz,
        ADD COLUMN enabled_at timestamptz;

      CREATE OR REPLACE FUNCTION due_rotations(on_partition text, at timestamptz)
        RETURNS TABLE (tenant_id uuid, key_id uuid, next_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT r.tenant_id, r.key_id, r.next_at FROM rotation_policy r CROSS JOIN LATERAL (
          SELECT v.partition, v.state, v.activate_at, v.deactivate_at FROM key_version v
          WHERE v.tenant_id = r.tenant_id AND v.key_id = r.key_id ORDER BY v.version DESC LIMIT 1) newest
        WHERE r.next_at <= at AND newest.partition = on_partition
          AND state_at(newest.state, newest.activate_at, newest.deactivate_at, at) = 'ACTIVE'
          AND NOT EXISTS (SELECT FROM tenant_policy p WHERE p.tenant_id = r.tenant_id AND p.disabled_at IS NOT NULL)
        ORDER BY r.next_at LIMIT 100;
      $$;

      CREATE OR REPLACE FUNCTION due_destructions(on_partition text, at timestamptz)
        RETURNS TABLE (tenant_id uuid, key_id uuid, version integer, algorithm text, object_id bytea, scheduled_by text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT v.tenant_id, v.key_id, v.version, k.algorithm, v.object_id, coalesce(v.destroy_scheduled_by, '-')
        FROM key_version v JOIN key k ON k.tenant_id = v.tenant_id AND k.id = v.key_id
        WHERE v.partition = on_partition AND v.state = 'DESTROY_SCHEDULED' AND v.destroy_at <= at
          AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.tenant_id = v.tenant_id AND i.object_id = v.object_id)
          AND NOT EXISTS (SELECT FROM tenant_policy p WHERE p.tenant_id = v.tenant_id
            AND (p.disabled_at IS NOT NULL OR (v.destroy_at <= p.enabled_at AND at < p.enabled_at + interval '1 day')))
        ORDER BY v.destroy_at LIMIT 100;
      $$;`);
  }

  async down(): Promise<void> {
    throw new Error('a tenant that is disabled would be enabled');
  }
}
