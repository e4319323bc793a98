import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const replaced = 'store_trail_anchor(bigint, bigint, uuid[], bigint[], bytea[], bigint[], bytea[])';
const ours = 'store_trail_anchor(bigint, bigint, bigint, uuid[], bigint[], bytea[], bigint[], bytea[])';

/** Each anchor says which one an operator accepted last, so that every process forgets what it knew of the trails before. */
export class AcceptedAnchor1772300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE trail_anchor ADD COLUMN accepted bigint NOT NULL DEFAULT 0;
      DROP FUNCTION ${replaced};
      CREATE FUNCTION store_trail_anchor(anchor bigint, accepted_at bigint, held bigint, tenants uuid[], seqs bigint[], hashes bytea[],
          index_seqs bigint[], index_macs bytea[]) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
      BEGIN
        INSERT INTO trail_anchor (number, accepted, tenants, seqs, hashes, index_seqs, index_macs)
        VALUES (anchor, accepted_at, tenants, seqs, hashes, index_seqs, index_macs) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN RETURN false; END IF;
        DELETE FROM trail_anchor WHERE number < held;
        RETURN true;
      END $$;
      REVOKE ALL ON FUNCTION ${ours} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours} TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('anchors that were accepted would no longer match the HSM');
  }
}
