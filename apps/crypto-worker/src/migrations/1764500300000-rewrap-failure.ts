import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The error code of the last attempt to rewrap a version's blob; null if it succeeded or none was made. */
export class RewrapFailure1764500300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version ADD COLUMN rewrap_failure text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN rewrap_failure');
  }
}
