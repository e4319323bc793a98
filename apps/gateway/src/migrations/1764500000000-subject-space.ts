import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For whom a tenant's issuer speaks, and what it may call them. Of one prefix there is one issuer that does not say it shares it.
 * Those from before go on as they were: for every name, in every role, side by side.
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
