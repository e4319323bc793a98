import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_policy_app';

/** The versions of many tenants at once, for the comparison with what the workers enforce. */
export class HeldVersion1779200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION held_versions(tenants uuid[])
        RETURNS TABLE (tenant_id uuid, partition text, in_force integer, newest integer)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT tenant.id, tenant.partition, coalesce(max(version) FILTER (WHERE v.state = 'active'), 0), coalesce(max(version), 0)
        FROM tenant LEFT JOIN policy_version v ON v.tenant_id = tenant.id
        WHERE tenant.id = ANY (tenants) GROUP BY tenant.id
      $$;
      REVOKE ALL ON FUNCTION held_versions(uuid[]) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION held_versions(uuid[]) TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION held_versions(uuid[])');
  }
}
