import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';
const signature = 'uuid[], integer[], integer[]';

/** The policy service compares the revisions that this partition enforces with its own, for many tenants at once. */
export class ComparedPolicy1779200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION tenants_enforcing_otherwise(tenants uuid[], in_force integer[], newest integer[]) RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT held.tenant_id FROM unnest(tenants, in_force, newest) AS held (tenant_id, in_force, newest)
        LEFT JOIN tenant_policy enforced ON enforced.tenant_id = held.tenant_id
        WHERE coalesce(enforced.revision, 0) NOT BETWEEN held.in_force AND held.newest AND is_own_tenant(held.tenant_id)
      $$;
      REVOKE ALL ON FUNCTION tenants_enforcing_otherwise(${signature}) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION tenants_enforcing_otherwise(${signature}) TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION tenants_enforcing_otherwise(${signature})`);
  }
}
