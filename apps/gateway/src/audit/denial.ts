import { AnkaError, auditEvent, type ErrorCode } from '@ankasecure/contracts';
import { Outbox } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import type { Principal } from '../auth/principal.js';

/** The refused request. */
type Denied = Pick<FastifyRequest, 'id' | 'clientAddress'>;

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
    { id: correlationId, clientAddress }: Denied,
    failureCode: ErrorCode,
  ): Promise<void> {
    const { tenantId, subject, issuer } = principal;
    this.outbox.assertRoom(tenantId);
    const event = auditEvent(
      { tenantId, principal: subject, issuer, correlationId, clientAddress },
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
