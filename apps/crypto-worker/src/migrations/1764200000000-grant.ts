import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/**
 * Grants on keys, in addition to roles. Every change of a key's grants makes a new revision of its versions. The fence
 * compares that revision and need not know about grants.
 */
export class Grant1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_grant (
        tenant_id uuid NOT NULL,
        key_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('subject', 'group')),
        grantee text NOT NULL CHECK (length(grantee) BETWEEN 1 AND 256),
        rights text[] NOT NULL CHECK (cardinality(rights) > 0
          AND rights <@ ARRAY['use:encrypt', 'use:decrypt', 'use:sign', 'use:verify', 'manage', 'view']),
        granted_by text NOT NULL,
        granted_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, key_id, kind, grantee),
        FOREIGN KEY (tenant_id, key_id) REFERENCES key (tenant_id, id)
      );
      CREATE INDEX key_grant_grantee ON key_grant (tenant_id, kind, grantee);
      ${tenantIsolation('key_grant')}
      GRANT SELECT, INSERT, DELETE ON key_grant TO ${app};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_grant');
  }
}
