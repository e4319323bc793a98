import type { AuditEvent, Context } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { approvalEvent } from './approval-event.js';
import type { ApprovalRow } from './approval-row.js';

/** Of one tenant: nothing is asked for by anybody else until the transaction ends. */
export const lockAsking = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('approvals:' || $1, 0))`, [tenantId]);
};

/**
 * Ends what was asked for by people for whom `issuer` spoke and is not done, in the transaction of the change that gives them
 * other names, or none: by another name, who asked could be who approves. What is being carried out is spared.
 * @returns what the trail says of it
 */
export const endApprovals = async (
  manager: EntityManager,
  { tenantId, principal: subject, issuer: userIssuer, correlationId, approval }: Context,
  issuer: string,
): Promise<AuditEvent[]> => {
  await lockAsking(manager, tenantId);
  const ended = await manager.query<Pick<ApprovalRow, 'id' | 'operation' | 'request' | 'requested_by'>[]>(
    'SELECT id, operation, request, requested_by FROM end_approvals($1, $2)',
    [issuer, approval?.id ?? null],
  );
  return ended.map((row) => approvalEvent({ tenantId, subject, issuer: userIssuer, correlationId }, 'end', row));
};
