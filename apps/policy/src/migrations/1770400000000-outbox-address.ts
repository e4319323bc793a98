import { outboxAddress } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Gives each waiting outcome its tenant and its partition, so that tenants share the outbox's room and its deliveries. */
export class OutboxAddress1770400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(outboxAddress());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER address ON outbox;
      DROP FUNCTION address_outcome();
      ALTER TABLE outbox DROP COLUMN tenant_id, DROP COLUMN partition;`);
  }
}
