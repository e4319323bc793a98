import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Public keys of others: records without an object in the HSM and without a blob. */
export class PublicKey1801100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key_version
        DROP CONSTRAINT key_version_custody_check,
        ADD CONSTRAINT key_version_custody_check CHECK (custody IN ('token', 'wrapped', 'software', 'public')),
        ADD CONSTRAINT key_version_public_key CHECK (custody <> 'public' OR spki IS NOT NULL);`);
  }

  async down(): Promise<void> {
    throw new Error('the public keys of others would have no place');
  }
}
