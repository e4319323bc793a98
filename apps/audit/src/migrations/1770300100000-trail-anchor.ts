import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const ours = `all_trail_heads(), lost_anchored_head(bigint), store_trail_anchor(bigint, bigint, uuid[], bigint[], bytea[])`;

/**
 * The heads behind the last anchors. The token holds an anchor's number and the digest over its heads, so neither an older
 * database nor a changed one goes unseen. Those from the token's anchor on are kept: a stop between the database and the token
 * leaves the token's anchor among them.
 */
export class TrailAnchor1770300100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE trail_anchor (
        number bigint CONSTRAINT trail_anchor_pkey PRIMARY KEY CONSTRAINT trail_anchor_number_check CHECK (number > 0),
        tenants uuid[] NOT NULL,
        seqs bigint[] NOT NULL,
        hashes bytea[] NOT NULL
      );
      GRANT SELECT ON trail_anchor TO ${app};
      CREATE POLICY anchoring ON trail_head FOR SELECT TO CURRENT_USER USING (true);
      CREATE POLICY anchoring ON sealed_event FOR SELECT TO CURRENT_USER USING (true);

      -- Anchors bind all trails. The service sees across tenants only through this and the next function.
      CREATE FUNCTION all_trail_heads() RETURNS TABLE (tenant_id uuid, seq bigint, hash bytea)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$ SELECT h.tenant_id, h.seq, h.hash FROM trail_head h WHERE h.seq > 0 $$;

      -- The first tenant of an anchor whose trail does not have the anchored row, or ends before it.
      CREATE FUNCTION lost_anchored_head(anchor bigint) RETURNS uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT a.tenant FROM trail_anchor, unnest(tenants, seqs, hashes) AS a (tenant, seq, hash)
          LEFT JOIN trail_head h ON h.tenant_id = a.tenant
        WHERE number = anchor AND (h.tenant_id IS NULL OR h.seq < a.seq OR (h.seq = a.seq AND h.hash <> a.hash)
          OR NOT EXISTS (SELECT 1 FROM sealed_event e WHERE e.tenant_id = a.tenant AND e.seq = a.seq AND e.hash = a.hash))
        LIMIT 1
      $$;

      CREATE FUNCTION store_trail_anchor(anchor bigint, held bigint, tenants uuid[], seqs bigint[], hashes bytea[]) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
      BEGIN
        INSERT INTO trail_anchor VALUES (anchor, tenants, seqs, hashes) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN RETURN false; END IF;
        DELETE FROM trail_anchor WHERE number < held;
        RETURN true;
      END $$;
      REVOKE ALL ON FUNCTION ${ours} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours} TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${ours}; DROP TABLE trail_anchor;
      DROP POLICY anchoring ON trail_head; DROP POLICY anchoring ON sealed_event;`);
  }
}
