import type { DataSource } from 'typeorm';

/**
 * The tenants with records that stand without a seal. The function bypasses row-level security. Each service with sealed records
 * has one of its own. The partition that it tells of each is not asked for: nothing may be decided by it.
 */
export const unsealedTenants = async (dataSource: DataSource): Promise<readonly string[]> => {
  const rows = await dataSource.query<{ tenantId: string }[]>(
    'SELECT tenant_id AS "tenantId" FROM unsealed_tenants() ORDER BY tenant_id',
  );
  return rows.map(({ tenantId }) => tenantId);
};

/**
 * SQL of the service's list of tenants with unsealed records.
 * @param select a query of `tenant_id` and `partition`
 */
export const unsealedTenantsFunction = (appRole: string, select: string): string => `
  CREATE FUNCTION unsealed_tenants() RETURNS TABLE (tenant_id uuid, partition text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ ${select} $$;
  REVOKE ALL ON FUNCTION unsealed_tenants() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION unsealed_tenants() TO ${appRole};`;

/** The tenants with records that have no place in the history. */
export const unplacedTenants = async (dataSource: DataSource): Promise<readonly string[]> => {
  const rows = await dataSource.query<{ tenantId: string }[]>('SELECT unplaced_tenants() AS "tenantId"');
  return rows.map(({ tenantId }) => tenantId);
};

/**
 * SQL of the service's list of tenants whose records have no place in the history. It bypasses row-level security.
 * @param select a query of the tenants' ids
 */
export const unplacedTenantsFunction = (appRole: string, select: string): string => `
  CREATE FUNCTION unplaced_tenants() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ ${select} $$;
  REVOKE ALL ON FUNCTION unplaced_tenants() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION unplaced_tenants() TO ${appRole};`;
