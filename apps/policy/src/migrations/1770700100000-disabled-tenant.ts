import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A tenant can be disabled and enabled. Each switch is a version of its policy, with the document of the version before. */
export class DisabledTenant1770700100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tenant DROP CONSTRAINT tenant_state,
        ADD CONSTRAINT tenant_state CHECK (state IN ('pending', 'active', 'disabled'));
      ALTER TABLE policy_version ADD COLUMN disabled boolean NOT NULL DEFAULT false, ADD COLUMN reason text;`);
  }

  async down(): Promise<void> {
    throw new Error('a tenant that is disabled would be enabled');
  }
}
