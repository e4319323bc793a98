import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Only a key whose current version is ACTIVE is due for rotation. A destroyed key has no rotation policy. */
export class RotationOfActive1764541000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION due_rotations(on_partition text, at timestamptz)
        RETURNS TABLE (tenant_id uuid, key_id uuid, next_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT r.tenant_id, r.key_id, r.next_at FROM rotation_policy r CROSS JOIN LATERAL (
          SELECT v.partition, v.state, v.activate_at, v.deactivate_at FROM key_version v
          WHERE v.tenant_id = r.tenant_id AND v.key_id = r.key_id ORDER BY v.version DESC LIMIT 1) newest
        WHERE r.next_at <= at AND newest.partition = on_partition
          AND state_at(newest.state, newest.activate_at, newest.deactivate_at, at) = 'ACTIVE'
        ORDER BY r.next_at LIMIT 100;
      $$;
      DELETE FROM rotation_policy r USING (
        SELECT DISTINCT ON (tenant_id, key_id) tenant_id, key_id, state FROM key_version ORDER BY tenant_id, key_id, version DESC) newest
      WHERE newest.tenant_id = r.tenant_id AND newest.key_id = r.key_id AND newest.state = 'DESTROYED';`);
  }

  async down(): Promise<void> {
    throw new Error('the rotation policies of destroyed keys cannot be had again');
  }
}
