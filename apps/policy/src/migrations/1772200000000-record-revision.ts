import { unplacedTenantsFunction } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_policy_app';

/** The place of each record in its tenant's history. The service gives the records that stand their places when it starts. */
export class RecordRevision1772200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['tenant', 'policy_version'])
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN record_revision bigint;
        GRANT UPDATE (record_revision) ON ${table} TO ${app};`);
    await runner.query(
      unplacedTenantsFunction(
        app,
        `SELECT t.id FROM tenant t WHERE t.record_revision IS NULL
           OR EXISTS (SELECT FROM policy_version v WHERE v.tenant_id = t.id AND v.record_revision IS NULL)`,
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('the seals bind the places');
  }
}
