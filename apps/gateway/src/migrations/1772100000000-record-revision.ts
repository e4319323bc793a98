import { unplacedTenantsFunction } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_gateway_app';

const tables = ['issuer', 'service_account', 'approval', 'token_key', 'excluded_subject'];

/** The place of each record in its tenant's history. Null for a record of an older release until it is placed. */
export class RecordRevision1772100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables)
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN record_revision bigint;
        GRANT UPDATE (record_revision) ON ${table} TO ${app};`);
    const unplaced = tables.map((table) => `SELECT tenant_id FROM ${table} WHERE record_revision IS NULL`);
    await runner.query(unplacedTenantsFunction(app, unplaced.join(' UNION ')));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION unplaced_tenants()');
    for (const table of tables) await runner.query(`ALTER TABLE ${table} DROP COLUMN record_revision`);
  }
}
