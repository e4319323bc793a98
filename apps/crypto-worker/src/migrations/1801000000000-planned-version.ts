import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A rotation may give its version a date. The version before it protects until then, and not after it, however new the later
 * one is.
 */
export class PlannedVersion1801000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(commitOutcomes);
  }

  async down(): Promise<void> {
    throw new Error('a version that waits for its date would stop the one before it');
  }
}

/**
 * The migration `validity` explains this function. Here a later version with a date counts from then on, unless it was destroyed
 * instead.
 */
const commitOutcomes = `
  CREATE OR REPLACE FUNCTION commit_outcomes(
    tenants uuid[], policies integer[], keys uuid[], versions integer[], revisions integer[], since float8[], until float8[],
    bundles integer[], counts integer[], batches text[], fallback_counts integer[], fallbacks text[], operations text[],
    uses integer[], use_slot smallint,
    OUT written integer[], OUT outdated integer[], OUT at float8
  ) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE
    lock bigint;
    broken integer[] := '{}';
  BEGIN
    written := '{}';
    outdated := '{}';
    IF tenants[1] = ALL (tenants) THEN
      PERFORM pg_advisory_xact_lock_shared(fence_of(tenants[1]));
    ELSE
      FOR lock IN SELECT DISTINCT fence_of(t) AS l FROM unnest(tenants) t ORDER BY l LOOP
        PERFORM pg_advisory_xact_lock_shared(lock);
      END LOOP;
    END IF;
    at := extract(epoch FROM clock_timestamp())::float8 * 1000;
    FOR n IN 1 .. cardinality(tenants) LOOP
      CONTINUE WHEN at >= since[n] AND at < until[n]
        AND (policies[n] IS NULL OR EXISTS (
          SELECT FROM tenant_policy p WHERE p.tenant_id = tenants[n] AND p.revision = policies[n]))
        AND (keys[n] IS NULL OR EXISTS (
          SELECT FROM key_version v WHERE v.tenant_id = tenants[n] AND v.key_id = keys[n]
            AND v.version = versions[n] AND v.revision = revisions[n]))
        AND NOT (operations[n] IN ('encrypt', 'sign', 'dry-run.encrypt', 'dry-run.sign') AND EXISTS (
          SELECT FROM key_version v WHERE v.tenant_id = tenants[n] AND v.key_id = keys[n] AND v.version > versions[n]
            AND CASE WHEN v.activate_at IS NULL THEN v.revision > 1 OR v.created_at < now() - interval '30 seconds'
              ELSE v.activate_at <= to_timestamp(at / 1000) AND v.state NOT IN ('DESTROY_SCHEDULED', 'DESTROYED') END));
      outdated := outdated || n;
      broken := broken || bundles[n];
    END LOOP;
    FOR n IN 1 .. cardinality(tenants) LOOP
      IF n = ANY (outdated) THEN
        IF fallbacks[n] IS NOT NULL THEN
          INSERT INTO outbox (event_count, events) VALUES (fallback_counts[n], fallbacks[n]);
        END IF;
        CONTINUE;
      END IF;
      CONTINUE WHEN bundles[n] = ANY (broken);
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
  END $$;`;
