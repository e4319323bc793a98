import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';
const former =
  'uuid[], integer[], uuid[], integer[], integer[], float8[], float8[], integer[], integer[], text[], integer[], text[], text[], integer[], smallint';
const signature = `${former}, integer[]`;

/**
 * A commit costs by its size and hardly by the number of its keys: fences are checked and uses counted as one set, and groups of one
 * tenant share a row of the outbox. A row costs less as well: one trigger looks for the tenant's place in the text, where
 * two matched a pattern and read a table, and the text of many events is not compressed for its short life. A commit of 16 or of 64
 * outcomes of as many keys takes half of the CPU that a loop of statements took, and one of a single outcome takes the same.
 */
export class SetOfOutcomes1803000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(address);
    await runner.query(`
      DROP FUNCTION commit_outcomes(${former});
      ${commitOutcomes}
      REVOKE ALL ON FUNCTION commit_outcomes(${signature}) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION commit_outcomes(${signature}) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('workers of this version commit sets');
  }
}

/**
 * The migrations `outbox-address` and `partition-role` explain the two triggers that this one replaces. The login decides the
 * partition, whatever the session says. An event without a tenant's id in its first members is no event, and is refused.
 */
const address = `
  CREATE OR REPLACE FUNCTION address_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.tenant_id := substr(NEW.events, nullif(strpos(left(NEW.events, 200), '"tenantId":"'), 0) + 12, 36)::uuid;
    NEW.partition := coalesce(own_partition(), nullif(current_setting('ankasecure.partition', true), ''));
    IF NEW.partition IS NULL THEN
      NEW.partition := coalesce((SELECT p.partition FROM platform_key p WHERE p.tenant_id = NEW.tenant_id LIMIT 1), 'default');
    END IF;
    RETURN NEW;
  END $$;
  DROP TRIGGER place_outcome ON outbox;
  DROP FUNCTION place_outcome();
  ALTER TABLE outbox ALTER COLUMN events SET STORAGE EXTERNAL;`;

/**
 * The condition under which an outcome may be committed.
 * @param of the SQL of one of the group's members
 * @param policy the SQL of the revision of its tenant's policy
 */
const holds = (of: (member: string) => string, policy: string): string => `
      at >= ${of('since')} AND at < ${of('until')}
      AND (${of('policies')} IS NULL OR ${of('policies')} = ${policy})
      AND (${of('keys')} IS NULL OR ${of('revisions')} = (
        SELECT v.revision FROM key_version v WHERE v.tenant_id = ${of('tenants')} AND v.key_id = ${of('keys')}
          AND v.version = ${of('versions')}))
      AND NOT (${of('operations')} IN ('encrypt', 'sign', 'dry-run.encrypt', 'dry-run.sign') AND EXISTS (
        SELECT FROM key_version v WHERE v.tenant_id = ${of('tenants')} AND v.key_id = ${of('keys')} AND v.version > ${of('versions')}
          AND CASE WHEN v.activate_at IS NULL THEN v.revision > 1 OR v.created_at < now() - interval '30 seconds'
            ELSE v.activate_at <= to_timestamp(at / 1000) AND v.state NOT IN ('DESTROY_SCHEDULED', 'DESTROYED') END))`;

/**
 * The migrations `initial`, `used-up`, `validity` and `planned-version` explain the fence. A group is what its members have at
 * one index. The events of groups with the same place become one row of the outbox, in the order of the groups; all of
 * them are one tenant's. Batches and fallbacks are lists of JSON without their brackets.
 *
 * One group alone is the usual commit of a service that is not busy. It is spared what a set costs.
 */
const commitOutcomes = `
  CREATE FUNCTION commit_outcomes(
    tenants uuid[], policies integer[], keys uuid[], versions integer[], revisions integer[], since float8[], until float8[],
    bundles integer[], counts integer[], batches text[], fallback_counts integer[], fallbacks text[], operations text[],
    uses integer[], use_slot smallint, places integer[],
    OUT written integer[], OUT outdated integer[], OUT at float8
  ) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DECLARE
    lock bigint;
    n integer;
  BEGIN
    IF tenants[1] = ALL (tenants) THEN
      PERFORM pg_advisory_xact_lock_shared(fence_of(tenants[1]));
    ELSE
      FOR lock IN SELECT DISTINCT fence_of(t) AS l FROM unnest(tenants) t ORDER BY l LOOP
        PERFORM pg_advisory_xact_lock_shared(lock);
      END LOOP;
    END IF;
    at := extract(epoch FROM clock_timestamp())::float8 * 1000;
    outdated := '{}';
    IF cardinality(tenants) = 1 THEN
      IF (${holds((member) => `${member}[1]`, '(SELECT p.revision FROM tenant_policy p WHERE p.tenant_id = tenants[1])')}) IS NOT TRUE THEN
        outdated := '{1}';
      END IF;
    ELSE
      outdated := ARRAY(
        SELECT o.n FROM unnest(tenants, policies, keys, versions, revisions, since, until, operations)
          WITH ORDINALITY AS o (tenants, policies, keys, versions, revisions, since, until, operations, n)
          LEFT JOIN tenant_policy p ON p.tenant_id = o.tenants
        WHERE (${holds((member) => `o.${member}`, 'p.revision')}) IS NOT TRUE ORDER BY o.n);
    END IF;
    IF outdated = '{}' THEN
      written := ARRAY(SELECT generate_series(1, cardinality(tenants)));
    ELSE
      written := ARRAY(
        SELECT o.n FROM unnest(bundles) WITH ORDINALITY AS o (bundle, n)
        WHERE o.n <> ALL (outdated) AND (o.bundle IS NULL OR NOT EXISTS (
          SELECT FROM unnest(outdated) AS other (n) WHERE bundles[other.n] = o.bundle)) ORDER BY o.n);
      FOREACH n IN ARRAY outdated LOOP
        IF fallbacks[n] IS NOT NULL THEN
          INSERT INTO outbox (event_count, events) VALUES (fallback_counts[n], '[' || fallbacks[n] || ']');
        END IF;
      END LOOP;
    END IF;
    IF cardinality(written) = 1 THEN
      n := written[1];
      INSERT INTO outbox (event_count, events) VALUES (counts[n], '[' || batches[n] || ']');
      UPDATE key_usage held
      SET uses = held.uses + commit_outcomes.uses[n], last_used_at = greatest(held.last_used_at, now())
      WHERE commit_outcomes.uses[n] > 0 AND held.tenant_id = tenants[n] AND held.key_id = keys[n]
        AND held.version = versions[n] AND held.operation = operations[n] AND held.slot = use_slot;
      IF FOUND OR commit_outcomes.uses[n] = 0 THEN
        RETURN;
      END IF;
    ELSE
      INSERT INTO outbox (event_count, events)
      SELECT sum(o.count), '[' || string_agg(o.batch, ',' ORDER BY o.n) || ']'
      FROM unnest(counts, batches, places) WITH ORDINALITY AS o (count, batch, place, n)
      WHERE outdated = '{}' OR o.n = ANY (written) GROUP BY o.place ORDER BY o.place;
    END IF;
    -- Callers sort their groups: two processes that share a slot take its rows in one order.
    INSERT INTO key_usage AS held (tenant_id, key_id, version, operation, slot, uses, last_used_at)
    SELECT o.tenant, o.key, o.version, o.operation, use_slot, sum(o.used), now()
    FROM unnest(tenants, keys, versions, operations, commit_outcomes.uses) WITH ORDINALITY
      AS o (tenant, key, version, operation, used, n)
    WHERE o.used > 0 AND (outdated = '{}' OR o.n = ANY (written))
    GROUP BY o.tenant, o.key, o.version, o.operation ORDER BY min(o.n)
    ON CONFLICT (tenant_id, key_id, version, operation, slot)
    DO UPDATE SET uses = held.uses + excluded.uses, last_used_at = greatest(held.last_used_at, excluded.last_used_at);
  END $$;`;
