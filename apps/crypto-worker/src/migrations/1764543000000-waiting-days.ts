import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The waiting period of each destruction, in days. It is unknown for destructions that were scheduled before. */
export class WaitingDays1764543000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version ADD COLUMN destroy_waiting_days integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN destroy_waiting_days');
  }
}
