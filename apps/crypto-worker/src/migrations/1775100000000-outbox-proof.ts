import { assertOutboxProven } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From now on each event in the outbox carries a proof. Events of an earlier release must be sealed before. */
export class OutboxProof1775100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(assertOutboxProven);
  }

  async down(): Promise<void> {
    throw new Error('the audit service of an earlier release refuses events with a proof');
  }
}
