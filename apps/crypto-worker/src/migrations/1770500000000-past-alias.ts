import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/** The highest revision of the aliases that a tenant has deleted. It is not known for those deleted before. */
export class PastAlias1770500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE past_alias (tenant_id uuid PRIMARY KEY, last_revision integer NOT NULL);
      INSERT INTO past_alias (tenant_id, last_revision) SELECT tenant_id, max(revision) FROM key_alias GROUP BY tenant_id;
      ${tenantIsolation('past_alias')}
      GRANT SELECT, INSERT, UPDATE ON past_alias TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('the revisions of deleted aliases cannot be had again');
  }
}
