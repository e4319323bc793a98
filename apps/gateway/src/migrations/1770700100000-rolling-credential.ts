import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The settings, keys and certificates of a service account can change. Tokens of earlier revisions stand from `tokens_from` on. */
export class RollingCredential1770700100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE service_account ADD COLUMN tokens_from integer NOT NULL DEFAULT 1;
      GRANT UPDATE (revision, tokens_from, name, roles, groups, keys, certificates) ON service_account TO ankadb_gateway_app;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE service_account DROP COLUMN tokens_from');
  }
}
