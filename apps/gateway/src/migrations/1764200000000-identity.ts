import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const appRole = 'ankadb_gateway_app';

/**
 * Creates service accounts and their tokens' keys, and the epochs that put a change of identities in force on every gateway before
 * it returns: see `identity/identity-epoch.ts`. The tables hold no secret of a client, only public keys.
 */
export class Identity1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE identity_epoch (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        revision bigint NOT NULL
      );
      INSERT INTO identity_epoch (revision) VALUES (1);
      CREATE TABLE gateway_instance (
        id uuid PRIMARY KEY,
        revision bigint NOT NULL,
        alive_until timestamptz NOT NULL
      );
      GRANT SELECT, UPDATE ON identity_epoch TO ${appRole};
      GRANT SELECT, INSERT, UPDATE, DELETE ON gateway_instance TO ${appRole};

      CREATE TABLE service_account (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        name text NOT NULL,
        roles text[] NOT NULL CHECK (roles <@ ARRAY['tenant-admin', 'application-admin', 'user', 'auditor']),
        groups text[] NOT NULL,
        keys jsonb NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id)
      );
      CREATE TABLE client_assertion (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        jti text NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, account_id, jti)
      );
      CREATE INDEX client_assertion_expires ON client_assertion (expires_at);
      CREATE TABLE token_key (
        tenant_id uuid NOT NULL,
        kid text NOT NULL,
        jwk jsonb NOT NULL,
        PRIMARY KEY (tenant_id, kid)
      );
      GRANT SELECT, INSERT, DELETE ON service_account TO ${appRole};
      GRANT SELECT, INSERT ON client_assertion, token_key TO ${appRole};
      ${['service_account', 'client_assertion', 'token_key'].map(tenantIsolation).join('\n')}

      CREATE FUNCTION remove_expired_assertions() RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
          WITH removed AS (
            DELETE FROM public.client_assertion WHERE ctid IN (
              SELECT ctid FROM public.client_assertion WHERE expires_at <= now() LIMIT 1000 FOR UPDATE SKIP LOCKED
            ) RETURNING 1
          ) SELECT count(*)::integer FROM removed
        $$;
      REVOKE ALL ON FUNCTION remove_expired_assertions() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION remove_expired_assertions() TO ${appRole};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION remove_expired_assertions();
      DROP TABLE token_key, client_assertion, service_account, gateway_instance, identity_epoch;`);
  }
}
