import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys that a KEK wraps. The blob is deleted when the version is destroyed. An earlier backup still contains it, until a
 * rotation destroys the KEK that unwraps it.
 */
export class Wrapped1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platform_key
        DROP CONSTRAINT platform_key_kind_check,
        ADD CONSTRAINT platform_key_kind_check CHECK (kind IN ('kek', 'audit-mac', 'token-signing', 'blob-mac'));
      ALTER TABLE key_version
        ADD COLUMN wrapped_blob bytea,
        ADD COLUMN wrapped_mac bytea CHECK (length(wrapped_mac) = 32),
        ADD COLUMN kek_generation integer,
        ADD CONSTRAINT key_version_wrapped CHECK (
          (wrapped_blob IS NULL) = (wrapped_mac IS NULL) AND (wrapped_blob IS NULL) = (kek_generation IS NULL)
          AND (wrapped_blob IS NOT NULL) = (custody = 'wrapped' AND state <> 'DESTROYED'));

      -- Workers listen, and take out of the HSM's memory what they have unwrapped of a key that is not to be used as it was.
      CREATE FUNCTION tell_of_unwrapped() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('unwrapped_key',
          concat_ws(' ', NEW.partition, encode(NEW.object_id, 'hex'), NEW.tenant_id, NEW.key_id));
        RETURN NULL;
      END $$;
      CREATE TRIGGER unwrapped AFTER UPDATE ON key_version FOR EACH ROW
        WHEN (OLD.wrapped_blob IS NOT NULL AND (
          (NEW.state <> OLD.state AND NEW.state <> 'ACTIVE') OR NEW.wrapped_blob IS DISTINCT FROM OLD.wrapped_blob))
        EXECUTE FUNCTION tell_of_unwrapped();`);
  }

  async down(): Promise<void> {
    throw new Error('wrapped keys cannot be had again');
  }
}
