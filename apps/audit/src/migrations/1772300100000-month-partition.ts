import type { MigrationInterface, QueryRunner } from 'typeorm';

const buckets = 8;

/** Makes the partitions of one month, whichever it is: a restored backup holds months that are over. */
export class MonthPartition1772300100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Creates the partitions of one month (UTC). Returns how many were missing. A partition is created as a table of its own and
      -- then attached, which does not block readers or writers. Row-level security without a policy hides its rows from any role
      -- that is ever granted a right on it.
      CREATE FUNCTION make_month_partition(month date)
        RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s'
      AS $$
      DECLARE
        first date := date_trunc('month', month);
        parent text;
        part text;
        made integer := 0;
      BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('make_month_partitions', 0));
        FOR bucket IN 0..${buckets - 1} LOOP
          parent := format('sealed_event_%s', bucket);
          part := format('%s_%s', parent, to_char(first, 'YYYY_MM'));
          CONTINUE WHEN to_regclass(part) IS NOT NULL;
          EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, parent);
          EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
          EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
          EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part,
            first || ' 00:00:00+00', (first + interval '1 month')::date || ' 00:00:00+00');
          made := made + 1;
        END LOOP;
        RETURN made;
      END $$;
      REVOKE ALL ON FUNCTION make_month_partition(date) FROM PUBLIC;

      -- Creates the partitions of this month (UTC) and of some months ahead. Returns how many were missing.
      CREATE OR REPLACE FUNCTION make_month_partitions(months_ahead integer)
        RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s'
      AS $$
      DECLARE
        made integer := 0;
      BEGIN
        IF months_ahead NOT BETWEEN 0 AND 24 THEN RAISE EXCEPTION 'months_ahead: 0 to 24'; END IF;
        FOR ahead IN 0..months_ahead LOOP
          made := made + make_month_partition(((clock_timestamp() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date);
        END LOOP;
        RETURN made;
      END $$;`);
  }

  async down(): Promise<void> {
    throw new Error('a backup of months that are over could no longer be restored');
  }
}
