import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/** A rotation of a KEK counts the versions that it has rewrapped. One that a release before has begun does not know. */
export class CountedRewraps1807100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE kek_rotation
        ADD COLUMN rewrapped integer,
        ADD CONSTRAINT kek_rotation_rewrapped_check CHECK (rewrapped >= 0);
      GRANT UPDATE (rewrapped) ON kek_rotation TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE kek_rotation DROP COLUMN rewrapped;');
  }
}
