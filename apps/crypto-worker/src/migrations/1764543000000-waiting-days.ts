import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long each destruction was told to wait. Not known of those that were scheduled before. */
export class WaitingDays1764543000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version ADD COLUMN destroy_waiting_days integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN destroy_waiting_days');
  }
}
