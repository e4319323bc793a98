import type { AuditEvent, Context } from '@ankasecure/contracts';
import { changeRecord, transactionTime } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan, Not } from 'typeorm';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { ApprovalRecord } from './approval.entity.js';
import { ApprovalEvents } from './approval-event.js';

/** Ends the open requests of people whose names disappear with a change of an issuer, or who are shut out. */
@Injectable()
export class EndApprovals {
  constructor(private readonly events: ApprovalEvents) {}

  /**
   * Ends the open requests of the people of `issuer`, in the transaction of the change that renames or removes them. Under another
   * name, a requester could approve their own request. A request that is being carried out is spared.
   * @param subject one of these people; all of them if absent
   * @returns the events of the ended requests
   */
  async end(manager: EntityManager, context: Context, issuer: string, subject?: string): Promise<AuditEvent[]> {
    await lockTenant(manager, 'approvals', context.tenantId);
    const endedAt = await transactionTime(manager);
    const open = await openOf(manager, context, endedAt, {
      requestedByIssuer: issuer,
      ...(subject !== undefined && { requestedBy: subject }),
    });
    for (const record of open) await changeRecord(manager, record, { endedAt });
    return open.map((record) => this.events.of(context, 'end', record));
  }
}

/** The requests of these people that are open at `now`, without the one that is being carried out. */
const openOf = (
  manager: EntityManager,
  { tenantId, approval }: Context,
  now: Date,
  people: Readonly<{ requestedByIssuer: string; requestedBy?: string }>,
): Promise<ApprovalRecord[]> => {
  const own = {
    tenantId,
    ...people,
    endedAt: IsNull(),
    expiresAt: MoreThan(now),
    ...(approval !== undefined && { id: Not(approval.id) }),
  };
  return manager.find(ApprovalRecord, {
    where: [
      { ...own, state: 'pending' },
      { ...own, state: 'approved', outcome: IsNull() },
    ],
    lock: { mode: 'pessimistic_write' },
  });
};
