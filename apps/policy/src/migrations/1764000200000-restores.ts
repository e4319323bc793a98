import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the earlier version that a rollback restored. */
export class Restores1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE policy_version ADD COLUMN restores integer CONSTRAINT policy_version_restores CHECK (restores > 0)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_version DROP COLUMN restores');
  }
}
