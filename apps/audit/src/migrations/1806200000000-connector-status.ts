import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const ours = 'connector_status(uuid, uuid, uuid), wake_connector(uuid, uuid, uuid), forget_connector(uuid, uuid, uuid)';

/**
 * The functions by which the API of connectors reads and changes the lanes of one connector: those of one tenant's events, or of every
 * tenant's if the platform's own tenant has it. Nothing has called the former `wake_connector`, which did not ask whose connector it is.
 */
export class ConnectorStatus1806200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE POLICY delivering ON dead_letter TO CURRENT_USER USING (true);

      -- How far one connector is, over all its lanes.
      CREATE FUNCTION connector_status(platform uuid, owner uuid, connector uuid)
        RETURNS TABLE (seq bigint, waiting bigint, dead bigint, paused boolean, last_error text, retry_at timestamptz,
          delivered_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT coalesce(max(k.seq), 0), coalesce(sum(greatest(h.seq - coalesce(k.seq, 0), 0)), 0)::bigint,
          (SELECT count(*) FROM dead_letter d WHERE d.connector_id = connector AND (owner = platform OR d.tenant_id = owner)),
          coalesce(bool_or(k.paused), false),
          (array_agg(k.last_error ORDER BY k.paused DESC, k.tried_at DESC) FILTER (WHERE k.last_error IS NOT NULL))[1],
          min(k.retry_at) FILTER (WHERE k.retry_at > clock_timestamp()), max(k.delivered_at)
        FROM trail_head h LEFT JOIN connector_cursor k ON k.tenant_id = h.tenant_id AND k.connector_id = connector
        WHERE owner = platform OR h.tenant_id = owner
      $$;

      -- Has a connector tried at once, whatever it waits for.
      DROP FUNCTION wake_connector(uuid);
      CREATE FUNCTION wake_connector(platform uuid, owner uuid, connector uuid) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        UPDATE connector_cursor SET retry_at = NULL WHERE connector_id = connector AND (owner = platform OR tenant_id = owner)
      $$;

      -- Forgets how far a connector was, and what its receiver has refused.
      CREATE FUNCTION forget_connector(platform uuid, owner uuid, connector uuid) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        DELETE FROM connector_cursor WHERE connector_id = connector AND (owner = platform OR tenant_id = owner);
        DELETE FROM dead_letter WHERE connector_id = connector AND (owner = platform OR tenant_id = owner);
      $$;
      REVOKE ALL ON FUNCTION ${ours} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours} TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION ${ours};
      CREATE FUNCTION wake_connector(id uuid) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ UPDATE connector_cursor SET retry_at = NULL WHERE connector_id = id $$;
      REVOKE ALL ON FUNCTION wake_connector(uuid) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION wake_connector(uuid) TO ${app};
      DROP POLICY delivering ON dead_letter;`);
  }
}
