import type { MigrationInterface, QueryRunner } from 'typeorm';

const appRole = 'ankadb_gateway_app';

/**
 * A tenant's issuer can name the tenant in another claim than `tenant`. The tenant is not known before the claim is read, so
 * the names are found by `iss`, across tenants. They say where to look and nothing else.
 */
export class TenantClaim1779110000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX issuer_tenant_claim ON issuer (issuer) WHERE claims->>'tenant' <> 'tenant';
      CREATE FUNCTION issuer_tenant_claims(iss text) RETURNS SETOF text
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT DISTINCT i.claims->>'tenant' FROM issuer i
        WHERE i.issuer = iss AND i.claims->>'tenant' <> 'tenant' ORDER BY 1 LIMIT 8;
      $$;
      REVOKE ALL ON FUNCTION issuer_tenant_claims(text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION issuer_tenant_claims(text) TO ${appRole};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION issuer_tenant_claims(text); DROP INDEX issuer_tenant_claim');
  }
}
