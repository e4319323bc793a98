import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_audit_app';
const signature = 'uuid, text, text[], text[], text[], bigint[], bigint[], text[], text[], boolean[]';

/**
 * Lets a change to a state that a record never loses replace a head with a higher revision. The service says which changes move
 * heads, and heads move along the trail only. Processes of the release before call `advance_record_heads`.
 */
export class FinalHeads1796400200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION move_record_heads(tenant uuid, on_partition text, owners text[], kinds text[], ids text[], seqs bigint[],
          revisions bigint[], digests text[], states text[], moves boolean[])
        RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
      AS $$
        WITH changes AS (
          SELECT * FROM unnest(owners, kinds, ids, seqs, revisions, digests, states, moves)
            AS c (owner, kind, id, seq, revision, digest, state, moves)
        ), moved AS (
          INSERT INTO record_head AS h (tenant_id, kind, id, seq, revision, digest, state)
          SELECT tenant, kind, id, seq, revision, digest, state FROM changes WHERE moves
          ON CONFLICT (tenant_id, kind, id) DO UPDATE
            SET seq = excluded.seq, revision = excluded.revision, digest = excluded.digest, state = excluded.state
            WHERE h.seq < excluded.seq
        )
        INSERT INTO record_position AS p (owner, tenant_id, partition, revision)
        SELECT owner, tenant, on_partition, max(revision) FROM changes GROUP BY owner
        ON CONFLICT (owner, tenant_id) DO UPDATE
          SET revision = greatest(p.revision, excluded.revision), partition = excluded.partition;
      $$;
      REVOKE ALL ON FUNCTION move_record_heads(${signature}) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION move_record_heads(${signature}) TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION move_record_heads(${signature});`);
  }
}
