import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The version that a former kid names: a rotation of somebody else's public key has kids of its own. */
export class KidOfVersion1801300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE former_kid ADD COLUMN version integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE former_kid DROP COLUMN version');
  }
}
