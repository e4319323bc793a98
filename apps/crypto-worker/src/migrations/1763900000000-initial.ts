import { outboxSchema, tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/**
 * Keys, their versions, the enforced policies, intents and the outbox. The fence: a transaction that commits an outcome
 * holds its tenant's advisory lock shared and then checks the revisions that the outcome was decided on. A transaction that
 * changes a policy or a key version holds the lock exclusively until it commits. An outcome is therefore either committed
 * before the change, or detects it.
 */
export class Initial1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tenant_policy (
        tenant_id uuid PRIMARY KEY,
        revision integer NOT NULL CHECK (revision > 0),
        document jsonb NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE platform_key (
        tenant_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('kek', 'audit-mac')),
        generation integer NOT NULL CHECK (generation > 0),
        partition text NOT NULL,
        token_label text NOT NULL,
        token_serial text NOT NULL,
        object_id bytea NOT NULL UNIQUE CHECK (length(object_id) = 16),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, kind, generation)
      );
      CREATE TABLE key (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        label text NOT NULL,
        algorithm text NOT NULL,
        purpose text NOT NULL CHECK (purpose IN ('encrypt', 'sign', 'mac')),
        algs text[] NOT NULL CHECK (cardinality(algs) > 0),
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id)
      );
      CREATE INDEX key_newest ON key (tenant_id, created_at DESC, id DESC);
      CREATE TABLE key_version (
        tenant_id uuid NOT NULL,
        key_id uuid NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        revision integer NOT NULL DEFAULT 1,
        state text NOT NULL,
        custody text NOT NULL CHECK (custody IN ('token', 'wrapped', 'software')),
        partition text NOT NULL,
        token_label text NOT NULL,
        token_serial text NOT NULL,
        object_id bytea NOT NULL UNIQUE CHECK (length(object_id) = 16),
        spki bytea,
        spki_sha256 bytea GENERATED ALWAYS AS (sha256(spki)) STORED,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, key_id, version),
        FOREIGN KEY (tenant_id, key_id) REFERENCES key (tenant_id, id)
      );
      CREATE TABLE gcm_reservation (
        tenant_id uuid NOT NULL,
        key_id uuid NOT NULL,
        version integer NOT NULL,
        reserved bigint NOT NULL CHECK (reserved BETWEEN 0 AND 4294967296),
        PRIMARY KEY (tenant_id, key_id, version),
        FOREIGN KEY (tenant_id, key_id, version) REFERENCES key_version (tenant_id, key_id, version)
      );
      CREATE TABLE intent (
        tenant_id uuid NOT NULL,
        object_id bytea NOT NULL CHECK (length(object_id) = 16),
        partition text NOT NULL,
        lease bigint NOT NULL,
        event text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, object_id)
      );`);
    for (const table of ['tenant_policy', 'platform_key', 'key', 'key_version', 'gcm_reservation', 'intent'])
      await runner.query(tenantIsolation(table));
    await runner.query(outboxSchema(app));
    await runner.query(fence);
    await runner.query(`
      GRANT SELECT, INSERT, UPDATE ON tenant_policy, key, key_version, gcm_reservation TO ${app};
      GRANT SELECT, INSERT ON platform_key TO ${app};
      GRANT SELECT, INSERT, UPDATE (lease), DELETE ON intent TO ${app};
      REVOKE ALL ON FUNCTION commit_outcomes(uuid[], integer[], uuid[], integer[], integer[], integer[], text[]), open_intents(text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION commit_outcomes(uuid[], integer[], uuid[], integer[], integer[], integer[], text[]), open_intents(text) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('the first schema has nothing before it');
  }
}

const fence = `
  CREATE FUNCTION fence_of(tenant_id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT
    RETURN hashtextextended('fence:' || tenant_id::text, 0);

  CREATE FUNCTION fence_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(fence_of(OLD.tenant_id));
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END $$;
  CREATE TRIGGER fence BEFORE UPDATE OR DELETE ON tenant_policy FOR EACH ROW EXECUTE FUNCTION fence_change();
  CREATE TRIGGER fence BEFORE UPDATE OR DELETE ON key_version FOR EACH ROW EXECUTE FUNCTION fence_change();

  -- Commits groups of outcomes that were decided alike. Group n is written only if its policy revision and its key
  -- version's revision (each where given) still hold. Returns the numbers, from 1, of the groups that were written.
  -- Each statement in here takes its own snapshot, so the revisions are read after the locks are held; all who take
  -- several locks take them in one order. Small statements, since PostgreSQL keeps their plans: one that joined the
  -- arrays was planned anew at every call, and cost twice as much as all the rest.
  CREATE FUNCTION commit_outcomes(
    tenants uuid[], policies integer[], keys uuid[], versions integer[], revisions integer[], counts integer[], batches text[]
  ) RETURNS integer[] LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE
    lock bigint;
    written integer[] := '{}';
  BEGIN
    IF tenants[1] = ALL (tenants) THEN
      PERFORM pg_advisory_xact_lock_shared(fence_of(tenants[1]));
    ELSE
      FOR lock IN SELECT DISTINCT fence_of(t) AS l FROM unnest(tenants) t ORDER BY l LOOP
        PERFORM pg_advisory_xact_lock_shared(lock);
      END LOOP;
    END IF;
    FOR n IN 1 .. cardinality(tenants) LOOP
      CONTINUE WHEN policies[n] IS NOT NULL AND NOT EXISTS (
        SELECT FROM tenant_policy p WHERE p.tenant_id = tenants[n] AND p.revision = policies[n]);
      CONTINUE WHEN keys[n] IS NOT NULL AND NOT EXISTS (
        SELECT FROM key_version v WHERE v.tenant_id = tenants[n] AND v.key_id = keys[n]
          AND v.version = versions[n] AND v.revision = revisions[n]);
      INSERT INTO outbox (event_count, events) VALUES (counts[n], batches[n]);
      written := written || n;
    END LOOP;
    RETURN written;
  END $$;

  -- What other workers, alive or dead, have begun on a partition. The reconciler sees across tenants only through this.
  CREATE FUNCTION open_intents(on_partition text)
    RETURNS TABLE (tenant_id uuid, object_id bytea, lease bigint, event text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    SELECT i.tenant_id, i.object_id, i.lease, i.event FROM intent i WHERE i.partition = on_partition ORDER BY i.created_at;
  $$;`;
