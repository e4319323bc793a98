import { AnkaError, auditEvent, type ErrorCode } from '@ankasecure/contracts';
import { Outbox } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '../auth/principal.js';

/** Records the gateway's refusals of authenticated principals before they are answered. */
@Injectable()
export class DenialRecord {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AnkaError `audit-unavailable` when the denial cannot be recorded */
  async write(
    principal: Principal,
    operationId: string,
    correlationId: string,
    failureCode: ErrorCode = 'access-denied',
  ): Promise<void> {
    this.outbox.assertRoom();
    const { tenantId, subject, issuer } = principal;
    const event = auditEvent(
      { tenantId, principal: subject, issuer, correlationId },
      { operation: 'access.denied', failureCode, details: { operationId } },
    );
    try {
      await this.dataSource.transaction((manager) => this.outbox.write(manager, [event]));
    } catch (cause) {
      throw new AnkaError('audit-unavailable', undefined, { cause });
    }
    this.outbox.committed(1);
  }
}
