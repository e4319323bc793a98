import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/** The life of a key version: its dates and its revocation. No timer moves it: `state_at` computes its state at a given time. */
export class Lifecycle1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key_version
        ADD CHECK (state IN ('PRE_ACTIVE', 'ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'COMPROMISED', 'DESTROY_SCHEDULED', 'DESTROYED')),
        ADD COLUMN activate_at timestamptz,
        ADD COLUMN deactivate_at timestamptz,
        ADD COLUMN revocation_reason text,
        ADD COLUMN revocation_message text,
        ADD COLUMN revocation_occurred_at timestamptz,
        ADD CHECK ((revocation_reason IS NULL) = (revocation_occurred_at IS NULL));

      -- The same as the worker's stateAt, for filters.
      CREATE FUNCTION state_at(state text, activate_at timestamptz, deactivate_at timestamptz, at timestamptz)
        RETURNS text LANGUAGE sql IMMUTABLE
        RETURN CASE
          WHEN state NOT IN ('PRE_ACTIVE', 'ACTIVE') OR (state = 'PRE_ACTIVE' AND coalesce(activate_at, 'infinity') > at) THEN state
          WHEN deactivate_at <= at THEN 'DEACTIVATED'
          ELSE 'ACTIVE'
        END;
      GRANT EXECUTE ON FUNCTION state_at(text, timestamptz, timestamptz, timestamptz) TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('what it would forget of the keys cannot be had again');
  }
}
