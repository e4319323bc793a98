import { AnkaError, type AuditEvent, auditEvent } from '@ankasecure/contracts';
import { Outbox, type Rate } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { actorOf } from '../auth/principal.js';
import type { Caller } from '../identity/turned-away.js';
import { Sweeper } from '../sweep/sweeper.js';
import { RefusalFold } from './refusal-fold.js';

/** What a caller was refused, and why. */
export interface Refusal {
  readonly caller: Caller;
  readonly request: Parameters<typeof actorOf>[1];
  /** The operation of the event. */
  readonly operation: 'access.denied' | 'token.issue';
  readonly failureCode: string;
  /** Tells refusals apart, with the caller, the operation and the code. */
  readonly operationId: string;
  /** Further details of the event. */
  readonly details?: Readonly<Record<string, string>>;
  /** How often this may happen with an event of its own. */
  readonly rate: Rate;
}

/** Records the gateway's own refusals before they are answered. */
@Injectable()
export class RefusalRecord {
  private readonly fold = new RefusalFold((event) => this.commit(event));

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    sweeper: Sweeper,
  ) {
    sweeper.add('callers that were refused', async () => {
      this.fold.sweep();
      return 0;
    });
  }

  /** @throws AnkaError `audit-unavailable` when the refusal cannot be recorded */
  async write({ caller, request, operation, failureCode, operationId, details, rate }: Refusal): Promise<void> {
    const { tenantId, subject, issuer } = caller;
    this.outbox.assertRoom(tenantId);
    const event = auditEvent(actorOf(caller, request), {
      operation,
      failureCode,
      details: { operationId, ...details },
    });
    await this.fold.add(JSON.stringify([tenantId, issuer, subject, operationId, failureCode]), event, rate);
  }

  private async commit(event: AuditEvent): Promise<void> {
    try {
      await this.dataSource.transaction((manager) => this.outbox.write(manager, [event]));
    } catch (cause) {
      throw new AnkaError('audit-unavailable', undefined, { cause });
    }
    this.outbox.committed(1);
  }
}
