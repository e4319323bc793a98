import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_keys_app';

/** The names that tenants give their keys. */
export class Alias1764000600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_alias (
        tenant_id uuid NOT NULL,
        name text COLLATE "C" NOT NULL,
        key_id uuid NOT NULL,
        changed_at timestamptz(3) NOT NULL DEFAULT now(),
        revision integer NOT NULL DEFAULT 1,
        PRIMARY KEY (tenant_id, name),
        FOREIGN KEY (tenant_id, key_id) REFERENCES key (tenant_id, id)
      );
      CREATE INDEX key_alias_key ON key_alias (tenant_id, key_id);
      ${tenantIsolation('key_alias')}
      GRANT SELECT, INSERT, UPDATE, DELETE ON key_alias TO ${app};`);
  }

  async down(): Promise<void> {
    throw new Error('the names of the keys cannot be had again');
  }
}
