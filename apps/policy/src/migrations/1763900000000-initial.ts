import { outboxSchema, tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_policy_app';

/**
 * Creates tenants and the versions of their policies. A tenant has at most one active and one pending version. The contents of a
 * version never change once it is written, and the service's role has no right to change them.
 */
export class Initial1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tenant (
        id uuid CONSTRAINT tenant_pkey PRIMARY KEY,
        slug text NOT NULL CONSTRAINT tenant_slug UNIQUE,
        name text NOT NULL,
        partition text NOT NULL,
        state text NOT NULL DEFAULT 'pending' CONSTRAINT tenant_state CHECK (state IN ('pending', 'active')),
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE policy_version (
        tenant_id uuid NOT NULL CONSTRAINT policy_version_tenant REFERENCES tenant (id),
        version integer NOT NULL CONSTRAINT policy_version_version CHECK (version > 0),
        document jsonb NOT NULL,
        state text NOT NULL DEFAULT 'pending'
          CONSTRAINT policy_version_state CHECK (state IN ('pending', 'active', 'superseded', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        failure_code text,
        changed_by text NOT NULL,
        correlation_id text NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT policy_version_pkey PRIMARY KEY (tenant_id, version)
      );
      CREATE UNIQUE INDEX policy_version_pending ON policy_version (tenant_id) WHERE state = 'pending';
      CREATE UNIQUE INDEX policy_version_active ON policy_version (tenant_id) WHERE state = 'active';
      ${tenantIsolation('policy_version')}
      ${outboxSchema(app)}

      -- Tenants with a change on its way. The reconciler sees across tenants only through this.
      CREATE FUNCTION tenants_with_pending_change() RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
        AS $$ SELECT tenant_id FROM policy_version WHERE state = 'pending' ORDER BY changed_at $$;

      GRANT SELECT, INSERT, UPDATE (state) ON tenant TO ${app};
      GRANT SELECT, INSERT, UPDATE (state, attempts, version, failure_code) ON policy_version TO ${app};
      REVOKE ALL ON FUNCTION tenants_with_pending_change() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION tenants_with_pending_change() TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('the first schema has nothing before it');
  }
}
