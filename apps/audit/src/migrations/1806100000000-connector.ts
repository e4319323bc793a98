import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const ours = 'connector_lanes(uuid, uuid[], integer, integer), connector_lags(uuid), wake_connector(uuid)';

/**
 * Connectors, how far each has delivered each tenant's events, and what receivers refuse for good. A cursor and a dead letter belong to
 * the tenant whose events they are about, also if the connector is the platform's.
 */
export class Connector1806100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connector (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        name text NOT NULL,
        enabled boolean NOT NULL,
        settings jsonb NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id, revision)
      );
      CREATE TABLE connector_cursor (
        tenant_id uuid NOT NULL,
        connector_id uuid NOT NULL,
        seq bigint NOT NULL CHECK (seq >= 0),
        hash bytea NOT NULL CHECK (length(hash) = 32),
        sealed_at bigint NOT NULL,
        lease_holder uuid,
        lease_until timestamptz,
        tried_at timestamptz,
        delivered_at timestamptz,
        retry_at timestamptz,
        last_error text,
        paused boolean NOT NULL,
        PRIMARY KEY (tenant_id, connector_id)
      );
      COMMENT ON COLUMN connector_cursor.sealed_at IS 'microseconds since the epoch';
      CREATE TABLE dead_letter (
        tenant_id uuid NOT NULL,
        connector_id uuid NOT NULL,
        seq bigint NOT NULL,
        event_id uuid NOT NULL,
        reason text NOT NULL,
        died_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, connector_id, seq)
      );`);
    for (const table of ['connector', 'connector_cursor', 'dead_letter'])
      await runner.query(`${tenantIsolation(table)} ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`);
    await runner.query(`
      GRANT SELECT, INSERT, DELETE ON connector, dead_letter TO ${app};
      GRANT SELECT, INSERT, UPDATE, DELETE ON connector_cursor TO ${app};
      CREATE POLICY delivering ON connector FOR SELECT TO CURRENT_USER USING (true);
      CREATE POLICY delivering ON connector_cursor TO CURRENT_USER USING (true);

      -- Lists whose events wait for which connector and may be sent now. Connectors take turns: the lane of each that was tried longest
      -- ago, then the second of each, up to the number each. The connectors that are idle are left out: a stored row that would
      -- deliver may be one that no longer counts. A connector of the platform's tenant delivers every tenant's events. The service sees
      -- across tenants only through this and the next two functions.
      CREATE FUNCTION connector_lanes(platform uuid, idle uuid[], each integer, most integer)
        RETURNS TABLE (tenant_id uuid, owner uuid, connector_id uuid, head bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT due.tenant_id, due.owner, due.id, due.seq
        FROM (
          SELECT h.tenant_id, c.tenant_id AS owner, c.id, h.seq, k.tried_at,
            row_number() OVER (PARTITION BY c.tenant_id, c.id ORDER BY k.tried_at NULLS FIRST) AS turn
          FROM (SELECT one.tenant_id, one.id FROM connector one GROUP BY 1, 2 HAVING bool_or(one.enabled)) c
            JOIN trail_head h ON h.tenant_id = c.tenant_id OR c.tenant_id = platform
            LEFT JOIN connector_cursor k ON k.tenant_id = h.tenant_id AND k.connector_id = c.id
          WHERE h.seq > coalesce(k.seq, 0) AND c.id <> ALL (idle)
            AND (k.retry_at IS NULL OR k.retry_at <= clock_timestamp())
            AND (k.lease_until IS NULL OR k.lease_until <= clock_timestamp())
        ) due
        WHERE due.turn <= each ORDER BY due.turn, due.tried_at NULLS FIRST LIMIT most
      $$;

      -- How far each connector that delivers is behind, over all tenants. At most 1000 connectors.
      CREATE FUNCTION connector_lags(platform uuid)
        RETURNS TABLE (connector_id uuid, waiting bigint, paused bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT c.id, sum(greatest(h.seq - coalesce(k.seq, 0), 0))::bigint, count(*) FILTER (WHERE k.paused)
        FROM (SELECT one.tenant_id, one.id FROM connector one GROUP BY 1, 2 HAVING bool_or(one.enabled)) c
          JOIN trail_head h ON h.tenant_id = c.tenant_id OR c.tenant_id = platform
          LEFT JOIN connector_cursor k ON k.tenant_id = h.tenant_id AND k.connector_id = c.id
        GROUP BY c.id LIMIT 1000
      $$;

      -- Has a connector tried at once, whatever it waits for.
      CREATE FUNCTION wake_connector(id uuid) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ UPDATE connector_cursor SET retry_at = NULL WHERE connector_id = id $$;
      REVOKE ALL ON FUNCTION ${ours} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours} TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${ours}; DROP TABLE dead_letter, connector_cursor, connector;`);
  }
}
