import { dropHeartbeat, heartbeatSchema } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the row that readiness writes. */
export class Heartbeat1770600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(heartbeatSchema('ankadb_gateway_app'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(dropHeartbeat);
  }
}
