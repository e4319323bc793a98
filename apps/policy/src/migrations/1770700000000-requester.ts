import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the issuer of the requester of an approved version. It is unknown for earlier versions. */
export class Requester1770700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_version ADD COLUMN requested_by_issuer text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_version DROP COLUMN requested_by_issuer');
  }
}
