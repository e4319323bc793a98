import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The epoch that a gateway reads in, beside the one before which nothing is under way on it: who is let in waits for the first
 * alone. Null where a gateway of an earlier version wrote the row. The rights on the table are those on the column.
 */
export class ReadingEpoch1764610000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_instance ADD COLUMN reads_in bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_instance DROP COLUMN reads_in');
  }
}
