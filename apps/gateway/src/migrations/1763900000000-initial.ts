import { outboxSchema, tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const appRole = 'ankadb_gateway_app';

export class Initial1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(outboxSchema(appRole));
    await runner.query(`
      CREATE TABLE idempotency (
        tenant_id uuid NOT NULL,
        key text NOT NULL CHECK (key ~ '^[\\x21-\\x7e]{1,255}$'),
        route text NOT NULL,
        body_hash bytea NOT NULL CHECK (octet_length(body_hash) = 32),
        resource_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('in-flight', 'done')),
        attempt integer NOT NULL DEFAULT 1,
        deadline timestamptz NOT NULL,
        status smallint,
        headers jsonb,
        body bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, key),
        CHECK (state = 'in-flight' OR (status IS NOT NULL AND headers IS NOT NULL AND body IS NOT NULL))
      );
      CREATE INDEX idempotency_expires ON idempotency (expires_at);
      GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO ${appRole};
      ${tenantIsolation('idempotency')}
      CREATE FUNCTION remove_expired_idempotency() RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
          WITH removed AS (
            DELETE FROM public.idempotency WHERE ctid IN (
              SELECT ctid FROM public.idempotency WHERE expires_at <= now() LIMIT 1000 FOR UPDATE SKIP LOCKED
            ) RETURNING 1
          ) SELECT count(*)::integer FROM removed
        $$;
      REVOKE ALL ON FUNCTION remove_expired_idempotency() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION remove_expired_idempotency() TO ${appRole};`);
    await runner.query(`
      CREATE TABLE tenant_partition (
        tenant_id uuid PRIMARY KEY,
        partition text NOT NULL CHECK (partition ~ '^[A-Za-z0-9_-]{1,64}$'),
        learned_at timestamptz NOT NULL DEFAULT now()
      );
      GRANT SELECT, INSERT ON tenant_partition TO ${appRole};
      ${tenantIsolation('tenant_partition')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE tenant_partition; DROP FUNCTION remove_expired_idempotency(); DROP TABLE idempotency; DROP TABLE outbox;`);
  }
}
