import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';

/** Names every trail that does not reach its place in an anchor, so that the other trails go on. */
export class LostHeads1770300300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION lost_anchored_head(bigint);
      CREATE FUNCTION lost_anchored_heads(anchor bigint) RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        SELECT a.tenant FROM trail_anchor, unnest(tenants, seqs, hashes, index_seqs, index_macs) AS a (tenant, seq, hash, index_seq, index_mac)
          LEFT JOIN trail_head h ON h.tenant_id = a.tenant LEFT JOIN record_index i ON i.tenant_id = a.tenant
        WHERE number = anchor AND (h.tenant_id IS NULL OR h.seq < a.seq OR (h.seq = a.seq AND h.hash <> a.hash)
          OR coalesce(i.seq, 0) < a.index_seq OR (i.seq = a.index_seq AND i.mac <> a.index_mac)
          OR NOT EXISTS (SELECT 1 FROM sealed_event e WHERE e.tenant_id = a.tenant AND e.seq = a.seq AND e.hash = a.hash))
      $$;
      REVOKE ALL ON FUNCTION lost_anchored_heads(bigint) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION lost_anchored_heads(bigint) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('trails that were rolled back would no longer be named one by one');
  }
}
