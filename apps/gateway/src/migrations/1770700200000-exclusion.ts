import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Creates the subjects that tenants have shut out. */
export class Exclusion1770700200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE excluded_subject (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        issuer text NOT NULL,
        subject text NOT NULL,
        reason text,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT excluded_subject_name UNIQUE (tenant_id, issuer, subject)
      );
      GRANT SELECT, INSERT, DELETE ON excluded_subject TO ankadb_gateway_app;
      ${tenantIsolation('excluded_subject')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE excluded_subject');
  }
}
