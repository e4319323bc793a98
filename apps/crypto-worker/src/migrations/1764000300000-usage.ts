import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';
const former = 'uuid[], integer[], uuid[], integer[], integer[], integer[], text[]';
const signature = `${former}, text[], integer[], smallint`;

/**
 * Counts the uses of each key version, in the commit that records the uses. Each worker process adds to the rows of its own
 * slot, so that none waits for another. Readers sum the slots. Half of each page stays free, so that a count is updated in
 * place.
 */
export class Usage1764000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_usage (
        tenant_id uuid NOT NULL,
        key_id uuid NOT NULL,
        version integer NOT NULL,
        operation text NOT NULL,
        slot smallint NOT NULL,
        uses bigint NOT NULL CHECK (uses > 0),
        last_used_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, key_id, version, operation, slot),
        FOREIGN KEY (tenant_id, key_id, version) REFERENCES key_version (tenant_id, key_id, version)
      ) WITH (fillfactor = 50);`);
    await runner.query(tenantIsolation('key_usage'));
    await runner.query(`
      GRANT SELECT ON key_usage TO ${app};
      DROP FUNCTION commit_outcomes(${former});
      ${commitOutcomes}
      REVOKE ALL ON FUNCTION commit_outcomes(${signature}) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION commit_outcomes(${signature}) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('the counts cannot be had again');
  }
}

/** The initial schema explains this function. This version also counts uses. */
const commitOutcomes = `
  CREATE FUNCTION commit_outcomes(
    tenants uuid[], policies integer[], keys uuid[], versions integer[], revisions integer[], counts integer[], batches text[],
    operations text[], uses integer[], use_slot smallint
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
      IF uses[n] > 0 THEN
        -- Callers sort their groups: two processes that share a slot take its rows in one order.
        INSERT INTO key_usage AS held (tenant_id, key_id, version, operation, slot, uses, last_used_at)
        VALUES (tenants[n], keys[n], versions[n], operations[n], use_slot, uses[n], now())
        ON CONFLICT (tenant_id, key_id, version, operation, slot)
        DO UPDATE SET uses = held.uses + excluded.uses, last_used_at = greatest(held.last_used_at, excluded.last_used_at);
      END IF;
      written := written || n;
    END LOOP;
    RETURN written;
  END $$;`;
