import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const buckets = Array.from({ length: 8 }, (_, bucket) => bucket);

/**
 * Creates the sealed trail. The service's role can read and append and nothing else. It has no UPDATE, DELETE or TRUNCATE
 * on any table and no right on any partition, since a right on a partition would bypass the parent's row-level security. A
 * tenant's head moves forward only, through `advance_trail_head`.
 *
 * Partitions are HASH(tenant) × month of `sealed_at`. The sealing time comes from this database's clock and never goes back
 * within a tenant, unlike the time of the event. A month therefore holds one unbroken stretch of each tenant's sequence, no
 * reporter's clock can require a missing partition, and retention removes prefixes, not holes.
 *
 * Non-goal: to stop a superuser. A verification finds a superuser's changes to rows or head, even when every hash is
 * recomputed, since each batch ends with a MAC over the chain (`chain_seal`) that only the HSM can make. A verification does
 * not find a trail whose rows and head were restored together to the end of an earlier batch, for example by a rollback of
 * the whole database. Finding that takes checkpoints kept outside the database (`checkpoint/`), or a head hash noted from
 * an earlier verification.
 */
export class Trail1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(refusals);
    for (const bucket of buckets) await runner.query(bucketTable(bucket));
    for (const table of ['trail_head', 'sealed_event', 'event_dedup'])
      await runner.query(`${tenantIsolation(table)} ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`);
    await runner.query(functions);
    await runner.query(`
      REVOKE ALL ON FUNCTION ${ours} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours} TO ${app};
      GRANT SELECT ON trail_head TO ${app};
      GRANT SELECT, INSERT ON sealed_event, event_dedup TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('the first schema has nothing before it');
  }
}

const tables = `
  CREATE TABLE trail_head (
    tenant_id uuid PRIMARY KEY,
    seq bigint NOT NULL CHECK (seq >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at timestamptz NOT NULL
  );
  CREATE TABLE event_dedup (
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, event_id)
  );
  CREATE TABLE sealed_event (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    event_id uuid NOT NULL,
    user_id text NOT NULL,
    key_id uuid,
    algorithm text,
    operation text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('success', 'failure', 'unknown')),
    failure_code text,
    occurred_at bigint NOT NULL,
    correlation_id text NOT NULL,
    details text NOT NULL,
    mac_key_id text NOT NULL,
    canonical bytea NOT NULL,
    hmac bytea NOT NULL CHECK (length(hmac) = 32),
    previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at timestamptz NOT NULL,
    chain_seal_from bigint CHECK (chain_seal_from > 0),
    chain_seal bytea CHECK (length(chain_seal) = 32),
    PRIMARY KEY (tenant_id, seq, sealed_at),
    CHECK ((chain_seal IS NULL) = (chain_seal_from IS NULL))
  ) PARTITION BY HASH (tenant_id);
  COMMENT ON COLUMN sealed_event.occurred_at IS 'microseconds since the epoch';
  COMMENT ON COLUMN sealed_event.chain_seal IS 'on the last row of a batch: MAC over the chain so far, under mac_key_id';
  COMMENT ON COLUMN sealed_event.chain_seal_from IS 'first seq of the batch that chain_seal covers';
  CREATE INDEX ON sealed_event (tenant_id, key_id, seq) WHERE key_id IS NOT NULL;
  CREATE INDEX ON sealed_event (tenant_id, operation, seq);
  CREATE INDEX ON sealed_event (tenant_id, user_id, seq);
  CREATE INDEX ON sealed_event (tenant_id, correlation_id);
  CREATE INDEX ON sealed_event USING brin (occurred_at);`;

const refusals = `
  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% of % is not allowed: sealed events are never changed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END $$;
  REVOKE ALL ON FUNCTION refuse_change() FROM PUBLIC;
  CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON sealed_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER never_truncated BEFORE TRUNCATE ON sealed_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER never_truncated BEFORE TRUNCATE ON event_dedup FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER never_removed BEFORE DELETE ON trail_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER never_truncated BEFORE TRUNCATE ON trail_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`;

const bucketTable = (bucket: number): string => `
  CREATE TABLE sealed_event_${bucket} PARTITION OF sealed_event
    FOR VALUES WITH (MODULUS ${buckets.length}, REMAINDER ${bucket}) PARTITION BY RANGE (sealed_at);
  ALTER TABLE sealed_event_${bucket} ENABLE ROW LEVEL SECURITY;
  CREATE TRIGGER never_truncated BEFORE TRUNCATE ON sealed_event_${bucket} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`;

const ours = `lock_trail_head(uuid, bytea), advance_trail_head(uuid, bigint, bigint, bytea, timestamptz), make_month_partitions(integer)`;

const functions = `
  -- Locks the tenant's head until the transaction ends. Returns it with the time to seal at, which never goes back.
  CREATE FUNCTION lock_trail_head(tenant uuid, genesis bytea)
    RETURNS TABLE (seq bigint, hash bytea, sealing_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    LOOP
      RETURN QUERY
        SELECT h.seq, h.hash, greatest(h.sealed_at, date_trunc('milliseconds', clock_timestamp()))
        FROM trail_head h WHERE h.tenant_id = tenant FOR UPDATE;
      IF FOUND THEN RETURN; END IF;
      INSERT INTO trail_head VALUES (tenant, 0, genesis, date_trunc('milliseconds', clock_timestamp())) ON CONFLICT DO NOTHING;
    END LOOP;
  END $$;

  CREATE FUNCTION advance_trail_head(tenant uuid, from_seq bigint, to_seq bigint, new_hash bytea, at timestamptz)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    UPDATE trail_head h SET seq = to_seq, hash = new_hash, sealed_at = at
      WHERE h.tenant_id = tenant AND h.seq = from_seq AND to_seq > from_seq AND at >= h.sealed_at;
    IF NOT FOUND THEN RAISE EXCEPTION 'the head of a trail only moves forward from where it is'; END IF;
  END $$;

  -- Creates the partitions of this month (UTC) and of some months ahead. Returns how many were missing. A partition is created
  -- as a table of its own and then attached, which does not block readers or writers. Row-level security without a policy
  -- hides its rows from any role that is ever granted a right on it.
  CREATE FUNCTION make_month_partitions(months_ahead integer)
    RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s'
  AS $$
  DECLARE
    this_month date := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC');
    month date;
    parent text;
    part text;
    made integer := 0;
  BEGIN
    IF months_ahead NOT BETWEEN 0 AND 24 THEN RAISE EXCEPTION 'months_ahead: 0 to 24'; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('make_month_partitions', 0));
    FOR ahead IN 0..months_ahead LOOP
      month := this_month + make_interval(months => ahead);
      FOR bucket IN 0..${buckets.length - 1} LOOP
        parent := format('sealed_event_%s', bucket);
        part := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, parent);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part,
          month || ' 00:00:00+00', (month + interval '1 month')::date || ' 00:00:00+00');
        made := made + 1;
      END LOOP;
    END LOOP;
    RETURN made;
  END $$;`;
