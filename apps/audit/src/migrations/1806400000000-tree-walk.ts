import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const ours =
  'store_walk(uuid, bigint, bytea, bigint, bytea, text, bytea, smallint[], bigint[], bytea[]), drop_walk(uuid)';

/**
 * The place that the walk over a tenant's trail has reached, so that a long one goes on where it was interrupted. Its tiles are among the
 * others, beyond those of the last checkpoint. These are not signed yet, so a walk that begins anew may replace them.
 */
export class TreeWalk1806400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
    await runner.query(`${tenantIsolation('tree_walk')} ALTER TABLE tree_walk FORCE ROW LEVEL SECURITY;`);
    await runner.query(triggerOf(coveredOnly));
    await runner.query(functions);
    await runner.query(`
      REVOKE ALL ON FUNCTION ${ours} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours} TO ${app};
      GRANT SELECT ON tree_walk TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(triggerOf('substring(NEW.hashes FOR length(OLD.hashes)) = OLD.hashes'));
    await runner.query(`DROP FUNCTION ${ours}; DROP TABLE tree_walk;`);
  }
}

const table = `
  CREATE TABLE tree_walk (
    tenant_id uuid NOT NULL,
    size bigint NOT NULL CONSTRAINT tree_walk_size_check CHECK (size > 0),
    hash bytea NOT NULL CONSTRAINT tree_walk_hash_check CHECK (length(hash) = 32),
    sealed_at bigint NOT NULL,
    root bytea NOT NULL CONSTRAINT tree_walk_root_check CHECK (length(root) = 32),
    mac_key_id text NOT NULL,
    mac bytea NOT NULL CONSTRAINT tree_walk_mac_check CHECK (length(mac) = 32),
    CONSTRAINT tree_walk_pkey PRIMARY KEY (tenant_id)
  );
  COMMENT ON COLUMN tree_walk.sealed_at IS 'microseconds since the epoch';`;

/** The bytes of a tile that the last checkpoint covers. */
const coveredBytes = `32 * least(256, greatest(0, (
  SELECT coalesce(max(size), 0) >> (8 * NEW.level) FROM checkpoint WHERE tenant_id = NEW.tenant_id) - NEW.index * 256))::integer`;
/** What a signed checkpoint covers is never changed. What lies beyond it may be walked again. */
const coveredOnly = `length(NEW.hashes) >= ${coveredBytes}
  AND substring(NEW.hashes FOR ${coveredBytes}) = substring(OLD.hashes FOR ${coveredBytes})`;

const triggerOf = (isAllowed: string): string => `
  CREATE OR REPLACE FUNCTION refuse_other_hashes() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (NEW.tenant_id, NEW.level, NEW.index) = (OLD.tenant_id, OLD.level, OLD.index) AND ${isAllowed} THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a tile only grows at its end' USING ERRCODE = 'insufficient_privilege';
  END $$;`;

const functions = `
  -- Stores the place of a walk and the tiles that have grown on the way. Returns false if a checkpoint is there already.
  CREATE FUNCTION store_walk(tenant uuid, new_size bigint, new_hash bytea, new_sealed_at bigint, new_root bytea, key_id text, new_mac bytea,
      levels smallint[], indexes bigint[], tiles bytea[])
    RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('checkpoint ' || tenant, 0));
    IF new_size <= (SELECT coalesce(max(size), 0) FROM checkpoint WHERE tenant_id = tenant) THEN RETURN false; END IF;
    INSERT INTO tree_tile AS t (tenant_id, level, index, hashes)
      SELECT tenant, * FROM unnest(levels, indexes, tiles)
      ON CONFLICT (tenant_id, level, index) DO UPDATE SET hashes = excluded.hashes;
    INSERT INTO tree_walk AS w (tenant_id, size, hash, sealed_at, root, mac_key_id, mac)
      VALUES (tenant, new_size, new_hash, new_sealed_at, new_root, key_id, new_mac)
      ON CONFLICT (tenant_id) DO UPDATE SET size = excluded.size, hash = excluded.hash, sealed_at = excluded.sealed_at,
        root = excluded.root, mac_key_id = excluded.mac_key_id, mac = excluded.mac;
    RETURN true;
  END $$;

  -- Forgets the place of a walk: the next one begins after the last checkpoint.
  CREATE FUNCTION drop_walk(tenant uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ DELETE FROM tree_walk WHERE tenant_id = tenant $$;`;
