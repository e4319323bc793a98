import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds the events that name changes of records among all others, which are most of a trail. Building it blocks sealing for as
 * long as the trail is read once, so it is made before the services of the release start.
 */
export class RecordChangeIndex1776100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX sealed_event_record_change_idx ON sealed_event (tenant_id, seq) WHERE details LIKE '%"record.%'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sealed_event_record_change_idx');
  }
}
