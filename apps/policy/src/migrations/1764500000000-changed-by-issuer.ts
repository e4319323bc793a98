import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the issuer of the principal who changed a policy. It is unknown for earlier versions. */
export class ChangedByIssuer1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_version ADD COLUMN changed_by_issuer text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_version DROP COLUMN changed_by_issuer');
  }
}
