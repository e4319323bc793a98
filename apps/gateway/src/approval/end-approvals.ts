import type { AuditEvent, Context } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { endedOf } from './approval.statement.js';
import { ApprovalEvents } from './approval-event.js';

/** Ends the open requests of people whose names disappear with a change of an issuer. */
@Injectable()
export class EndApprovals {
  constructor(private readonly events: ApprovalEvents) {}

  /**
   * Ends the open requests of the people of `issuer`, in the transaction of the change that renames or removes them. Under another
   * name, a requester could approve their own request. A request that is being carried out is spared.
   * @returns the events of the ended requests
   */
  async end(manager: EntityManager, context: Context, issuer: string): Promise<AuditEvent[]> {
    await lockTenant(manager, 'approvals', context.tenantId);
    const ended = await endedOf(manager, issuer, context.approval?.id ?? null);
    return ended.map((record) => this.events.of(context, 'end', record));
  }
}
