import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A version that is replaced because it is used up keeps its revision, since uses that were taken of it are still to be
 * committed. They may be committed for as long as a request may take, and while the later versions are unchanged. Any change
 * of the key after the rotation changes the revision of its current version, which makes these uses outdated too. Workers
 * are notified, so that they take no more of their reserved uses of the old version.
 */
export class UsedUp1764542000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(commitOutcomes);
    await runner.query(`
      CREATE TRIGGER followed AFTER UPDATE ON key_version FOR EACH ROW
        WHEN (NEW.state <> OLD.state AND NEW.revision = OLD.revision) EXECUTE FUNCTION tell_of_unwrapped()`);
  }

  async down(): Promise<void> {
    throw new Error('uses of versions that have been followed would be refused');
  }
}

/** The initial schema explains this function. This version also counts uses and applies the rule above. */
const commitOutcomes = `
  CREATE OR REPLACE FUNCTION commit_outcomes(
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
      -- What protects was decided on as the current version. Where it has been followed, it was used up: see above.
      CONTINUE WHEN operations[n] IN ('encrypt', 'sign', 'dry-run.encrypt', 'dry-run.sign') AND EXISTS (
        SELECT FROM key_version v WHERE v.tenant_id = tenants[n] AND v.key_id = keys[n] AND v.version > versions[n]
          AND (v.revision > 1 OR v.created_at < now() - interval '30 seconds'));
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
