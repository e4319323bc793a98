import { unsealedTenantsFunction } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_policy_app';

/** The seal of each record that decides: an HMAC under a key that exists in the token alone. */
export class RecordSeal1770800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['tenant', 'policy_version'])
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN seal bytea;
        GRANT UPDATE (seal) ON ${table} TO ${app};`);
    await runner.query(
      unsealedTenantsFunction(
        app,
        `SELECT t.id, t.partition FROM tenant t WHERE t.seal IS NULL
           OR EXISTS (SELECT FROM policy_version v WHERE v.tenant_id = t.id AND v.seal IS NULL)`,
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('what stands would have no seal any more');
  }
}
