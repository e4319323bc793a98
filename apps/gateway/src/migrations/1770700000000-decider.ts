import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the issuer of the person who decided about a request. It is unknown for earlier decisions. */
export class Decider1770700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE approval ADD COLUMN decided_by_issuer text;
      GRANT UPDATE (decided_by_issuer) ON approval TO ankadb_gateway_app;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE approval DROP COLUMN decided_by_issuer');
  }
}
