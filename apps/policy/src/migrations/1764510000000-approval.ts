import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the requester of a version that another person approved. */
export class Approval1764510000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE policy_version
        ADD COLUMN approval_id uuid,
        ADD COLUMN requested_by text,
        ADD CONSTRAINT policy_version_approval CHECK ((approval_id IS NULL) = (requested_by IS NULL)),
        ADD CONSTRAINT policy_version_two_people CHECK (requested_by <> changed_by)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_version DROP COLUMN approval_id, DROP COLUMN requested_by');
  }
}
