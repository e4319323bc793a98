import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';

/**
 * The last change of each record that decides, derived from the sealed events in the transaction that seals them. The
 * service's role may read it. It moves forward only, through `advance_record_heads`.
 */
export class RecordHead1770300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE record_head (
        tenant_id uuid NOT NULL,
        kind text NOT NULL,
        id text COLLATE "C" NOT NULL,
        seq bigint NOT NULL CHECK (seq > 0),
        revision bigint NOT NULL CHECK (revision > 0),
        digest text,
        state text,
        PRIMARY KEY (tenant_id, kind, id)
      );
      CREATE TABLE record_position (
        owner text NOT NULL,
        tenant_id uuid NOT NULL,
        partition text NOT NULL,
        revision bigint NOT NULL,
        PRIMARY KEY (owner, tenant_id)
      );`);
    for (const table of ['record_head', 'record_position'])
      await runner.query(`
        ${tenantIsolation(table)}
        ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
        GRANT SELECT ON ${table} TO ${app};
        CREATE TRIGGER never_removed BEFORE DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`);
    await runner.query('CREATE POLICY comparing ON record_position FOR SELECT TO CURRENT_USER USING (true)');
    await runner.query(functions);
    await runner.query(`
      REVOKE ALL ON FUNCTION ${ours} FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION ${ours} TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${ours}; DROP TABLE record_position; DROP TABLE record_head;`);
  }
}

const ours = `advance_record_heads(uuid, text, text[], text[], text[], bigint[], bigint[], text[], text[]),
  record_positions(text, text, uuid, integer)`;

const functions = `
  -- Takes over changes that events of one batch name, each record once. Only a higher revision replaces a record's head.
  CREATE FUNCTION advance_record_heads(tenant uuid, on_partition text, owners text[], kinds text[], ids text[], seqs bigint[],
      revisions bigint[], digests text[], states text[])
    RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    WITH changes AS (
      SELECT * FROM unnest(owners, kinds, ids, seqs, revisions, digests, states) AS c (owner, kind, id, seq, revision, digest, state)
    ), moved AS (
      INSERT INTO record_head AS h (tenant_id, kind, id, seq, revision, digest, state)
      SELECT tenant, kind, id, seq, revision, digest, state FROM changes
      ON CONFLICT (tenant_id, kind, id) DO UPDATE
        SET seq = excluded.seq, revision = excluded.revision, digest = excluded.digest, state = excluded.state
        WHERE h.revision < excluded.revision
    )
    INSERT INTO record_position AS p (owner, tenant_id, partition, revision)
    SELECT owner, tenant, on_partition, max(revision) FROM changes GROUP BY owner
    ON CONFLICT (owner, tenant_id) DO UPDATE
      SET revision = greatest(p.revision, excluded.revision), partition = excluded.partition;
  $$;

  -- Services compare all their tenants at once. They see across tenants only through this.
  CREATE FUNCTION record_positions(of_owner text, on_partition text, after uuid, most integer)
    RETURNS TABLE (tenant_id uuid, revision bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    SELECT p.tenant_id, p.revision FROM record_position p
    WHERE p.owner = of_owner AND (on_partition IS NULL OR p.partition = on_partition)
      AND (after IS NULL OR p.tenant_id > after)
    ORDER BY p.tenant_id LIMIT most;
  $$;`;
