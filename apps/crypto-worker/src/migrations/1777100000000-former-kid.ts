import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const isTenantOwn = `(SELECT is_own_tenant(nullif(current_setting('ankasecure.tenant', true), '')::uuid))`;

/** The kids that imported keys had before. No two keys of a tenant share one. */
export class FormerKid1777100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE former_kid (
        tenant_id uuid NOT NULL,
        kid text COLLATE "C" NOT NULL,
        key_id uuid NOT NULL,
        record_revision bigint,
        seal bytea,
        PRIMARY KEY (tenant_id, kid),
        FOREIGN KEY (tenant_id, key_id) REFERENCES key (tenant_id, id)
      );
      CREATE INDEX former_kid_key ON former_kid (tenant_id, key_id);
      ${tenantIsolation('former_kid')}
      CREATE POLICY partition_isolation ON former_kid AS RESTRICTIVE USING (${isTenantOwn}) WITH CHECK (${isTenantOwn});
      GRANT SELECT, INSERT ON former_kid TO ankadb_keys_app;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE former_kid');
  }
}
