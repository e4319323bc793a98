import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/**
 * Rotations of KEKs. A blob names the generation that wraps it. Progress is therefore counted and never stored, so it cannot
 * be wrong.
 */
export class KekRotation1764400100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platform_key ADD COLUMN destroyed_at timestamptz;
      GRANT UPDATE (destroyed_at) ON platform_key TO ${app};
      CREATE TABLE kek_rotation (
        tenant_id uuid NOT NULL,
        generation integer NOT NULL,
        partition text NOT NULL,
        total integer NOT NULL CHECK (total >= 0),
        started_by text NOT NULL,
        correlation_id text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        PRIMARY KEY (tenant_id, generation)
      );
      CREATE INDEX kek_rotation_open ON kek_rotation (partition) WHERE finished_at IS NULL;
      CREATE INDEX key_version_kek ON key_version (tenant_id, kek_generation, key_id, version) WHERE kek_generation IS NOT NULL;`);
    await runner.query(tenantIsolation('kek_rotation'));
    await runner.query(`
      GRANT SELECT, INSERT, UPDATE (finished_at) ON kek_rotation TO ${app};

      -- What is to be gone on with. Workers see across tenants only through this.
      CREATE FUNCTION open_kek_rotations(on_partition text)
        RETURNS TABLE (tenant_id uuid, generation integer, started_by text, correlation_id text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT r.tenant_id, r.generation, r.started_by, r.correlation_id FROM kek_rotation r
        WHERE r.partition = on_partition AND r.finished_at IS NULL ORDER BY r.started_at LIMIT 100;
      $$;
      REVOKE ALL ON FUNCTION open_kek_rotations(text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION open_kek_rotations(text) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('a KEK that was destroyed cannot be had again');
  }
}
