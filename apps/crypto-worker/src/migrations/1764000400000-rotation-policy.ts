import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/** Automatic rotation of keys: by date, and by number of uses, which are reserved before they are used. */
export class RotationPolicy1764000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rotation_policy (
        tenant_id uuid NOT NULL,
        key_id uuid NOT NULL,
        interval text,
        interval_seconds bigint CHECK (interval_seconds > 0),
        next_at timestamptz(3),
        max_uses bigint CHECK (max_uses > 0),
        set_by text NOT NULL,
        PRIMARY KEY (tenant_id, key_id),
        FOREIGN KEY (tenant_id, key_id) REFERENCES key (tenant_id, id),
        CHECK ((interval IS NULL) = (interval_seconds IS NULL) AND (interval IS NULL) = (next_at IS NULL)),
        CHECK (interval IS NOT NULL OR max_uses IS NOT NULL)
      );
      CREATE INDEX rotation_policy_due ON rotation_policy (next_at) WHERE next_at IS NOT NULL;
      CREATE TABLE use_reservation (
        tenant_id uuid NOT NULL,
        key_id uuid NOT NULL,
        version integer NOT NULL,
        reserved bigint NOT NULL CHECK (reserved >= 0),
        PRIMARY KEY (tenant_id, key_id, version),
        FOREIGN KEY (tenant_id, key_id, version) REFERENCES key_version (tenant_id, key_id, version)
      );`);
    for (const table of ['rotation_policy', 'use_reservation']) await runner.query(tenantIsolation(table));
    await runner.query(`
      GRANT SELECT, INSERT, UPDATE, DELETE ON rotation_policy TO ${app};
      GRANT SELECT, INSERT, UPDATE ON use_reservation TO ${app};

      -- Dates that have come by \`at\`. The scheduler sees across tenants only through this.
      CREATE FUNCTION due_rotations(on_partition text, at timestamptz)
        RETURNS TABLE (tenant_id uuid, key_id uuid, next_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT r.tenant_id, r.key_id, r.next_at FROM rotation_policy r
        WHERE r.next_at <= at AND EXISTS (
          SELECT 1 FROM key_version v WHERE v.tenant_id = r.tenant_id AND v.key_id = r.key_id AND v.version = 1 AND v.partition = on_partition)
        ORDER BY r.next_at LIMIT 100;
      $$;
      REVOKE ALL ON FUNCTION due_rotations(text, timestamptz) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION due_rotations(text, timestamptz) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('the reservations cannot be had again');
  }
}
