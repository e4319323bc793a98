import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The certificates of key versions. Older versions have none, and their seals stay as they are. */
export class Certificate1807000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key_version
        ADD COLUMN certificate_chain bytea,
        ADD CONSTRAINT key_version_certificate_chain_check CHECK (length(certificate_chain) BETWEEN 1 AND 32768);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN certificate_chain');
  }
}
