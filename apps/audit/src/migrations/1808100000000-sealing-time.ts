import type { MigrationInterface, QueryRunner } from 'typeorm';

const advance = (andTime: string): string => `
  CREATE OR REPLACE FUNCTION advance_trail_head(tenant uuid, from_seq bigint, to_seq bigint, new_hash bytea, at timestamptz)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    UPDATE trail_head h SET seq = to_seq, hash = new_hash, sealed_at = at
      WHERE h.tenant_id = tenant AND h.seq = from_seq AND to_seq > from_seq${andTime};
    IF NOT FOUND THEN RAISE EXCEPTION 'the head of a trail only moves forward from where it is'; END IF;
  END $$;`;

/**
 * Lets the time of a trail's head follow that of its last row. The service compares the time with the row, whose hash binds it: a head
 * that was put ahead keeps no event from being sealed.
 */
export class SealingTime1808100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(advance(''));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(advance(' AND at >= h.sealed_at'));
  }
}
