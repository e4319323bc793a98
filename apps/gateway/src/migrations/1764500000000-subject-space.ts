import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Limits the people whom a tenant's issuer can name, and their roles. Among issuers with one prefix, one does not set
 * `shares_subjects`. Existing issuers keep their rights: every name, every role, side by side.
 */
export class SubjectSpace1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE issuer
        ADD COLUMN roles text[] NOT NULL DEFAULT ARRAY['tenant-admin', 'application-admin', 'user', 'auditor']
          CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['tenant-admin', 'application-admin', 'user', 'auditor']),
        ADD COLUMN subject_prefix text NOT NULL DEFAULT '',
        ADD COLUMN shares_subjects boolean NOT NULL DEFAULT true;
      ALTER TABLE issuer
        ALTER COLUMN roles DROP DEFAULT, ALTER COLUMN subject_prefix DROP DEFAULT, ALTER COLUMN shares_subjects DROP DEFAULT;
      CREATE UNIQUE INDEX issuer_subjects ON issuer (tenant_id, subject_prefix) WHERE NOT shares_subjects;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX issuer_subjects;
      ALTER TABLE issuer DROP COLUMN roles, DROP COLUMN subject_prefix, DROP COLUMN shares_subjects;`);
  }
}
