import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the certificates with which service accounts can prove their identity, besides or instead of keys. */
export class ClientCertificate1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE service_account
        ADD COLUMN certificates jsonb NOT NULL DEFAULT '[]',
        ADD CHECK (jsonb_array_length(keys) + jsonb_array_length(certificates) > 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE service_account DROP COLUMN certificates');
  }
}
