import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the epoch that a gateway reads in to the epoch before which no work runs on it. An admission waits for the former only.
 * Null if a gateway of an earlier version wrote the row. The rights on the table include the column.
 */
export class ReadingEpoch1764610000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_instance ADD COLUMN reads_in bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_instance DROP COLUMN reads_in');
  }
}
