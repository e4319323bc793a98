import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the address that a change of a policy came from, for its event, which follows when the change is in force. */
export class ChangedFrom1770401000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_version ADD COLUMN changed_from text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_version DROP COLUMN changed_from');
  }
}
