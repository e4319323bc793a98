import { AnkaError } from '@ankasecure/contracts';
import type { ApprovalRecord } from './approval.entity.js';

/** @throws AnkaError `approval-state` for a request that is decided or expired */
export const assertPending = ({ stateNow, decidedBy }: Pick<ApprovalRecord, 'stateNow' | 'decidedBy'>): void => {
  if (stateNow === 'pending') return;
  throw new AnkaError(
    'approval-state',
    decidedBy === null
      ? 'The request for approval has expired. Make a new request.'
      : `The request for approval is already ${stateNow}, by ${decidedBy}`,
  );
};

/** @throws AnkaError `approval-state` */
export const assertNotCarried = ({ isCarried }: Pick<ApprovalRecord, 'isCarried'>): void => {
  if (isCarried)
    throw new AnkaError('approval-state', 'The request for approval is being carried out. Read it again in a moment.');
};

/**
 * An approved request without an outcome is also open while no attempt carries it out: the requester can still withdraw it.
 * @throws AnkaError `approval-state` for a request that has ended or is being carried out
 */
export const assertOpen = (record: ApprovalRecord): void => {
  assertNotCarried(record);
  if (record.stateNow !== 'approved' || record.outcome !== null || record.isOver) assertPending(record);
};

/** @throws AnkaError `approval-state` if `approver` cannot approve the request, or approve it again, now */
export const assertApprovable = (record: ApprovalRecord, approver: string): void => {
  if (record.stateNow !== 'approved' || record.decidedBy !== approver) assertPending(record);
  if (record.isOver) throw new AnkaError('approval-state', 'The request for approval has expired. Make a new request.');
  assertNotCarried(record);
};

/** Whether the request has an outcome, which the approver gets again. */
export const isConcluded = ({ outcome, decidedBy }: ApprovalRecord, approver: string): boolean =>
  outcome !== null && decidedBy === approver;
