import { randomUUIDv7 } from 'node:crypto';
import { AnkaError, type AuditEvent, userIssuer } from '@ankasecure/contracts';
import type { Outbox } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { Principal } from '../auth/principal.js';

/** What the gateway itself refuses to a known principal is an outcome, and is on record before the refusal is answered. */
export class DenialRecord {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AnkaError `audit-unavailable` when the denial cannot be recorded */
  async write(principal: Principal, operationId: string, correlationId: string): Promise<void> {
    this.outbox.assertRoom();
    const event = denial(principal, operationId, correlationId);
    try {
      await this.dataSource.transaction((manager) => this.outbox.write(manager, [event]));
    } catch (cause) {
      throw new AnkaError('audit-unavailable', undefined, { cause });
    }
    this.outbox.committed(1);
  }
}

const denial = ({ tenantId, subject, issuer }: Principal, operationId: string, correlationId: string): AuditEvent => ({
  eventId: randomUUIDv7(),
  tenantId,
  userId: subject,
  keyId: null,
  algorithm: null,
  operation: 'access.denied',
  outcome: 'failure',
  failureCode: 'access-denied',
  occurredAt: Date.now() * 1000,
  correlationId,
  details: { operationId, ...userIssuer({ issuer }) },
});
