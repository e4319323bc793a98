import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why a version's blob could not be wrapped again when that was tried last: null where it could, or was not tried. */
export class RewrapFailure1764500300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version ADD COLUMN rewrap_failure text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN rewrap_failure');
  }
}
