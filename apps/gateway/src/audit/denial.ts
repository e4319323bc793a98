import { AnkaError, auditEvent, type ErrorCode } from '@ankasecure/contracts';
import { Outbox } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { actorOf, type Principal } from '../auth/principal.js';

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
    refused: Parameters<typeof actorOf>[1],
    failureCode: ErrorCode,
  ): Promise<void> {
    this.outbox.assertRoom(principal.tenantId);
    const event = auditEvent(actorOf(principal, refused), {
      operation: 'access.denied',
      failureCode,
      details: { operationId },
    });
    try {
      await this.dataSource.transaction((manager) => this.outbox.write(manager, [event]));
    } catch (cause) {
      throw new AnkaError('audit-unavailable', undefined, { cause });
    }
    this.outbox.committed(1);
  }
}
