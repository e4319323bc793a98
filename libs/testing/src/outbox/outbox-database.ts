import { randomUUID } from 'node:crypto';
import { type AuditEvent, platformTenantId } from '@ankasecure/contracts';
import { outboxAddress, outboxSchema } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** TEST ONLY. A database that has an outbox and nothing else. */
export const outboxDatabase = 'outbox';

class Schema1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(outboxSchema(`${outboxDatabase}_app`));
    await runner.query(outboxAddress());
  }
  async down(): Promise<void> {
    throw new Error('the first schema has nothing before it');
  }
}

export const outboxOnly = { entities: [], migrations: [Schema1763900000000] };

/** TEST ONLY. An event that the policy service may report. */
export const policyEvent = (over: Partial<AuditEvent> = {}): AuditEvent => ({
  eventId: randomUUID(),
  tenantId: platformTenantId,
  userId: 'alice',
  keyId: null,
  algorithm: null,
  operation: 'policy.put',
  outcome: 'success',
  failureCode: null,
  occurredAt: Date.now() * 1000,
  correlationId: 'spec',
  ...over,
});
