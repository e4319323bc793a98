import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which request made a version: a repeated one makes none again. */
export class Rotation1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key_version ADD COLUMN request_id uuid, ADD UNIQUE (tenant_id, key_id, request_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN request_id');
  }
}
