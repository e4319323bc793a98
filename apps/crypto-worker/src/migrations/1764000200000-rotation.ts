import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The request that made a version. A repeated request makes no other version. */
export class Rotation1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE key_version ADD COLUMN request_id uuid, ADD UNIQUE (tenant_id, key_id, request_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE key_version DROP COLUMN request_id');
  }
}
