import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds a tenant's events of a time in the order of the trail, without reading those before or after it. The index over all
 * tenants' times that it replaces led to the blocks of all of them. Building it blocks sealing for as long as the trail is read
 * once, so it is made before the services of the release start.
 */
export class TimeIndex1796400100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX sealed_event_time_idx ON sealed_event (tenant_id, seq, occurred_at)');
    await runner.query('DROP INDEX sealed_event_occurred_at_idx');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX sealed_event_occurred_at_idx ON sealed_event USING brin (occurred_at)');
    await runner.query('DROP INDEX sealed_event_time_idx');
  }
}
