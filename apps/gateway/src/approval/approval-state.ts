import { AnkaError } from '@ankasecure/contracts';
import type { Approval } from './approval.contract.js';

/** What the state of a request follows from. All but `carryingUntil` is sealed. */
interface Recorded {
  readonly state: Exclude<Approval['state'], 'expired'>;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly carryingUntil: Date | null;
}

/** How a request stands at a time. */
export interface Standing {
  /** Dates take effect without a timer. */
  readonly stateNow: Approval['state'];
  /** Whether the request has expired or its end is recorded, in any state. */
  readonly isOver: boolean;
  /** Whether an attempt carries the request out now. */
  readonly isCarried: boolean;
}

/**
 * Tells how a request stands. It is computed here: whoever owns the database decides what a computed column says, and no seal
 * binds it.
 */
export const standingAt = ({ state, expiresAt, endedAt, carryingUntil }: Recorded, now: Date): Standing => {
  const isOver = endedAt !== null || expiresAt <= now;
  return {
    stateNow: state === 'pending' && isOver ? 'expired' : state,
    isOver,
    isCarried: carryingUntil !== null && carryingUntil > now,
  };
};

type StandingRequest = Standing & Pick<Approval, 'decidedBy' | 'outcome'>;

/** @throws AnkaError `approval-state` for a request that is decided or expired */
export const assertPending = ({ stateNow, decidedBy }: Pick<StandingRequest, 'stateNow' | 'decidedBy'>): void => {
  if (stateNow === 'pending') return;
  throw new AnkaError(
    'approval-state',
    decidedBy === null
      ? 'The request for approval has expired. Make a new request.'
      : `The request for approval is already ${stateNow}, by ${decidedBy}`,
  );
};

/** @throws AnkaError `approval-state` */
export const assertNotCarried = ({ isCarried }: Pick<StandingRequest, 'isCarried'>): void => {
  if (isCarried)
    throw new AnkaError('approval-state', 'The request for approval is being carried out. Read it again in a moment.');
};

/**
 * An approved request without an outcome is also open while no attempt carries it out: the requester can still withdraw it.
 * @throws AnkaError `approval-state` for a request that has ended or is being carried out
 */
export const assertOpen = (record: StandingRequest): void => {
  assertNotCarried(record);
  if (record.stateNow !== 'approved' || record.outcome !== null || record.isOver) assertPending(record);
};

/** @throws AnkaError `approval-state` if `approver` cannot approve the request, or approve it again, now */
export const assertApprovable = (record: StandingRequest, approver: string): void => {
  if (record.stateNow !== 'approved' || record.decidedBy !== approver) assertPending(record);
  if (record.isOver) throw new AnkaError('approval-state', 'The request for approval has expired. Make a new request.');
  assertNotCarried(record);
};

/** Whether the request has an outcome, which the approver gets again. */
export const isConcluded = ({ outcome, decidedBy }: StandingRequest, approver: string): boolean =>
  outcome !== null && decidedBy === approver;
