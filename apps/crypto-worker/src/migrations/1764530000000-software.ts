import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keys in software. A data key seals each. The data key is kept like a wrapped key and is rewrapped, reported and deleted
 * like one.
 */
export class Software1764530000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key_version
        ADD COLUMN sealed_key bytea,
        DROP CONSTRAINT key_version_wrapped,
        ADD CONSTRAINT key_version_wrapped CHECK (
          (wrapped_blob IS NULL) = (wrapped_mac IS NULL) AND (wrapped_blob IS NULL) = (kek_generation IS NULL)
          AND (wrapped_blob IS NOT NULL) = (custody IN ('wrapped', 'software') AND state <> 'DESTROYED')
          AND (sealed_key IS NOT NULL) = (custody = 'software' AND state <> 'DESTROYED'));`);
  }

  async down(): Promise<void> {
    throw new Error('keys in software cannot be had again');
  }
}
