import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds a tenant's failures among all other events, which are most of a trail. Building it blocks sealing for as long as the trail
 * is read once, so it is made before the services of the release start.
 */
export class FailureIndex1796400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX sealed_event_failure_idx ON sealed_event (tenant_id, outcome, seq) WHERE outcome <> 'success'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sealed_event_failure_idx');
  }
}
