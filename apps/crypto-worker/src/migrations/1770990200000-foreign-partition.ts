import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A question about another partition is refused. An empty answer could be taken for a partition without records, and a
 * worker with the wrong role would make it a new record key.
 */
export class ForeignPartition1770990200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(assertion);
    await runner.query(refusing);
  }

  async down(): Promise<void> {
    throw new Error('questions about other partitions would be answered with nothing');
  }
}

const assertion = `
  CREATE FUNCTION assert_own_partition(asked text) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    IF may_see_partition(asked) IS NOT TRUE THEN
      RAISE EXCEPTION 'the database role % does not serve the partition %', session_user, asked USING ERRCODE = '42501';
    END IF;
  END $$;
  REVOKE ALL ON FUNCTION assert_own_partition(text) FROM PUBLIC;`;

/** Replaces the bodies of the functions that answer for one partition. Rights and results stay. */
const refusing = `
  DO $$
  DECLARE
    seen record;
  BEGIN
    FOR seen IN
      SELECT p.proname AS name, pg_get_function_arguments(p.oid) AS arguments, pg_get_function_result(p.oid) AS result,
        (SELECT string_agg('$' || n, ', ' ORDER BY n) FROM generate_series(1, p.pronargs) n) AS passed
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND p.proretset
        AND p.proargnames[1] = 'on_partition' AND EXISTS (SELECT FROM pg_proc q
          WHERE q.pronamespace = p.pronamespace AND q.proname = p.proname || '_of_any')
    LOOP
      EXECUTE format('CREATE OR REPLACE FUNCTION %I(%s) RETURNS %s LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS %L',
        seen.name, seen.arguments, seen.result,
        format('BEGIN PERFORM assert_own_partition($1); RETURN QUERY SELECT * FROM %I(%s); END', seen.name || '_of_any', seen.passed));
    END LOOP;
  END $$;`;
