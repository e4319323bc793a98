import { tenantIsolation } from '../database/tenant.js';

/**
 * SQL of a service's counter of record revisions. `appRole` is the service's database role. The counter is a row and not a
 * sequence, so a backup always holds it together with the records that it numbered.
 */
export const recordPositionSchema = (appRole: string): string => `
  CREATE TABLE record_position (
    tenant_id uuid CONSTRAINT record_position_pkey PRIMARY KEY,
    revision bigint NOT NULL CONSTRAINT record_position_revision_check CHECK (revision > 0)
  );
  ${tenantIsolation('record_position')}
  GRANT SELECT, INSERT, UPDATE (revision) ON record_position TO ${appRole};

  -- The service compares all its tenants with the audit trail. It sees across tenants only through this.
  CREATE FUNCTION record_positions_of(tenants uuid[]) RETURNS TABLE (tenant_id uuid, revision bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT p.tenant_id, p.revision FROM record_position p WHERE p.tenant_id = ANY (tenants) $$;
  REVOKE ALL ON FUNCTION record_positions_of(uuid[]) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION record_positions_of(uuid[]) TO ${appRole};`;
