import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const ours = 'store_record_index(uuid, bigint, bytea, text, bytea)';
const replaced = 'all_trail_heads(), store_trail_anchor(bigint, bigint, uuid[], bigint[], bytea[])';
const anchors = 'all_trail_heads(), store_trail_anchor(bigint, bigint, uuid[], bigint[], bytea[], bigint[], bytea[])';

/**
 * Authenticates the heads of records: a hash over all of a tenant's heads, with a MAC that only the HSM can make. Each anchor
 * binds the index of every tenant, so an older one is seen like an older trail.
 */
export class RecordIndex1770300200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE record_index (
        tenant_id uuid CONSTRAINT record_index_pkey PRIMARY KEY,
        seq bigint NOT NULL,
        sum bytea NOT NULL CONSTRAINT record_index_sum_check CHECK (length(sum) = 2048),
        mac_key_id text NOT NULL,
        mac bytea NOT NULL CONSTRAINT record_index_mac_check CHECK (length(mac) = 32)
      );
      ${tenantIsolation('record_index')}
      ALTER TABLE record_index FORCE ROW LEVEL SECURITY;
      CREATE POLICY anchoring ON record_index FOR SELECT TO CURRENT_USER USING (true);
      GRANT SELECT ON record_index TO ${app};
      CREATE TRIGGER never_removed BEFORE DELETE ON record_index FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER never_truncated BEFORE TRUNCATE ON record_index FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE FUNCTION store_record_index(tenant uuid, at_seq bigint, new_sum bytea, key_id text, new_mac bytea) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        INSERT INTO record_index AS i (tenant_id, seq, sum, mac_key_id, mac) VALUES (tenant, at_seq, new_sum, key_id, new_mac)
        ON CONFLICT (tenant_id) DO UPDATE
          SET seq = excluded.seq, sum = excluded.sum, mac_key_id = excluded.mac_key_id, mac = excluded.mac WHERE i.seq < excluded.seq
      $$;

      ALTER TABLE trail_anchor ADD COLUMN index_seqs bigint[] NOT NULL DEFAULT '{}', ADD COLUMN index_macs bytea[] NOT NULL DEFAULT '{}';
      DROP FUNCTION ${replaced};
      CREATE FUNCTION all_trail_heads() RETURNS TABLE (tenant_id uuid, seq bigint, hash bytea, index_seq bigint, index_mac bytea)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT h.tenant_id, h.seq, h.hash, coalesce(i.seq, 0), coalesce(i.mac, '')
        FROM trail_head h LEFT JOIN record_index i USING (tenant_id) WHERE h.seq > 0
      $$;

      CREATE OR REPLACE FUNCTION lost_anchored_head(anchor bigint) RETURNS uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT a.tenant FROM trail_anchor, unnest(tenants, seqs, hashes, index_seqs, index_macs) AS a (tenant, seq, hash, index_seq, index_mac)
          LEFT JOIN trail_head h ON h.tenant_id = a.tenant LEFT JOIN record_index i ON i.tenant_id = a.tenant
        WHERE number = anchor AND (h.tenant_id IS NULL OR h.seq < a.seq OR (h.seq = a.seq AND h.hash <> a.hash)
          OR coalesce(i.seq, 0) < a.index_seq OR (i.seq = a.index_seq AND i.mac <> a.index_mac)
          OR NOT EXISTS (SELECT 1 FROM sealed_event e WHERE e.tenant_id = a.tenant AND e.seq = a.seq AND e.hash = a.hash))
        LIMIT 1
      $$;

      CREATE FUNCTION store_trail_anchor(anchor bigint, held bigint, tenants uuid[], seqs bigint[], hashes bytea[],
          index_seqs bigint[], index_macs bytea[]) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
      BEGIN
        INSERT INTO trail_anchor VALUES (anchor, tenants, seqs, hashes, index_seqs, index_macs) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN RETURN false; END IF;
        DELETE FROM trail_anchor WHERE number < held;
        RETURN true;
      END $$;
      REVOKE ALL ON FUNCTION ${ours}, ${anchors} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours}, ${anchors} TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('heads of records would no longer be authentic');
  }
}
