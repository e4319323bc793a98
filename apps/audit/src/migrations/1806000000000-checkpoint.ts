import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const store = 'store_checkpoint(uuid, bigint, bigint, bytea, text, smallint[], bigint[], bytea[])';
const ours = `${store}, due_checkpoints()`;

/**
 * The tree over each tenant's events: its tiles (C2SP tlog-tiles) and the signed checkpoints. Tiles outlive the events, so that proofs
 * stay valid after retention dropped these. A tile only grows at its end, and both are written by `store_checkpoint` alone.
 *
 * Non-goal: to stop a superuser. The service compares tiles with the signed root before it uses them, and the HSM signs no tree that
 * does not continue the last signed one.
 */
export class Checkpoint1806000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    for (const table of ['checkpoint', 'tree_tile'])
      await runner.query(`${tenantIsolation(table)} ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`);
    await runner.query(functions);
    await runner.query(`
      CREATE POLICY rounds ON checkpoint FOR SELECT TO CURRENT_USER USING (true);
      REVOKE ALL ON FUNCTION ${ours} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours} TO ${app};
      GRANT SELECT ON checkpoint, tree_tile TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP FUNCTION ${ours}; DROP TABLE checkpoint; DROP TABLE tree_tile; DROP FUNCTION refuse_other_hashes();`,
    );
  }
}

const tables = `
  CREATE TABLE checkpoint (
    tenant_id uuid NOT NULL,
    size bigint NOT NULL CONSTRAINT checkpoint_size_check CHECK (size > 0),
    root bytea NOT NULL CONSTRAINT checkpoint_root_check CHECK (length(root) = 32),
    note text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT checkpoint_pkey PRIMARY KEY (tenant_id, size)
  );
  CREATE TABLE tree_tile (
    tenant_id uuid NOT NULL,
    level smallint NOT NULL CONSTRAINT tree_tile_level_check CHECK (level BETWEEN 0 AND 6),
    index bigint NOT NULL CONSTRAINT tree_tile_index_check CHECK (index >= 0),
    hashes bytea NOT NULL CONSTRAINT tree_tile_hashes_check CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
    CONSTRAINT tree_tile_pkey PRIMARY KEY (tenant_id, level, index)
  );
  CREATE FUNCTION refuse_other_hashes() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (NEW.tenant_id, NEW.level, NEW.index) = (OLD.tenant_id, OLD.level, OLD.index)
        AND substring(NEW.hashes FOR length(OLD.hashes)) = OLD.hashes THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a tile only grows at its end' USING ERRCODE = 'insufficient_privilege';
  END $$;
  REVOKE ALL ON FUNCTION refuse_other_hashes() FROM PUBLIC;
  CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER never_truncated BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER only_grows BEFORE UPDATE ON tree_tile FOR EACH ROW EXECUTE FUNCTION refuse_other_hashes();
  CREATE TRIGGER never_removed BEFORE DELETE ON tree_tile FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER never_truncated BEFORE TRUNCATE ON tree_tile FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`;

const functions = `
  -- Stores a checkpoint and the tiles that have grown since the one of from_size; 0 for none. Returns false if that is not the last.
  CREATE FUNCTION store_checkpoint(tenant uuid, from_size bigint, new_size bigint, new_root bytea, new_note text,
      levels smallint[], indexes bigint[], tiles bytea[])
    RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('checkpoint ' || tenant, 0));
    IF new_size <= from_size OR from_size <> (SELECT coalesce(max(size), 0) FROM checkpoint WHERE tenant_id = tenant) THEN
      RETURN false;
    END IF;
    INSERT INTO tree_tile AS t (tenant_id, level, index, hashes)
      SELECT tenant, * FROM unnest(levels, indexes, tiles)
      ON CONFLICT (tenant_id, level, index) DO UPDATE SET hashes = excluded.hashes;
    INSERT INTO checkpoint (tenant_id, size, root, note, signed_at)
      VALUES (tenant, new_size, new_root, new_note, clock_timestamp());
    RETURN true;
  END $$;

  -- The trails that have grown since their last checkpoint: its size, 0 for none, and how long ago it was signed, or without one the last
  -- event was sealed, in milliseconds.
  CREATE FUNCTION due_checkpoints() RETURNS TABLE (tenant_id uuid, seq bigint, size bigint, age_ms double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    SELECT h.tenant_id, h.seq, coalesce(c.size, 0), extract(epoch FROM clock_timestamp() - coalesce(c.signed_at, h.sealed_at)) * 1000
    FROM trail_head h LEFT JOIN LATERAL (
      SELECT c.size, c.signed_at FROM checkpoint c WHERE c.tenant_id = h.tenant_id ORDER BY c.size DESC LIMIT 1
    ) c ON true
    WHERE h.seq > coalesce(c.size, 0)
  $$;`;
