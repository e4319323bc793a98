import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

const tables = [
  'key',
  'key_version',
  'key_alias',
  'key_grant',
  'rotation_policy',
  'platform_key',
  'kek_rotation',
  'tenant_policy',
];

/** The place of each record in its tenant's history. Null for a record that has not changed since an older release wrote it. */
export class RecordRevision1770300100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables)
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN record_revision bigint;
        GRANT UPDATE (record_revision) ON ${table} TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`ALTER TABLE ${table} DROP COLUMN record_revision`);
  }
}
