import { dayMs } from '../deadline/day.js';
import { endedBy } from '../key/record/ended-version.js';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';
import type { Revocation, Step } from './plan-change.js';

/** The facts of a change that its steps share. */
export interface Movement {
  /** The time of the change, by the database's clock. */
  readonly now: Date;
  readonly principal: string;
  readonly revocation: Revocation | undefined;
  readonly destroyAt: Date | null;
}

const revoked = ({ revocation, now }: Movement): Partial<KeyVersionRecord> =>
  revocation === undefined
    ? {}
    : {
        revocationReason: revocation.reason,
        revocationMessage: revocation.message ?? null,
        revocationOccurredAt: revocation.occurredAt === undefined ? now : new Date(revocation.occurredAt),
      };

/** Returns the columns that change when a version moves to a state: dates, revocation and scheduled destruction. */
export const movedVersion = ({ row, to }: Step, movement: Movement): Partial<KeyVersionRecord> => {
  const { now, principal, destroyAt } = movement;
  return {
    state: to,
    revision: row.revision + 1,
    ...(to === 'ACTIVE' && row.state === 'PRE_ACTIVE' && { activateAt: now }),
    ...(to === 'DEACTIVATED' && { deactivateAt: endedBy(now, row.deactivateAt) }),
    ...revoked(movement),
    destroyAt,
    destroyWaitingDays: destroyAt === null ? null : Math.round((destroyAt.getTime() - now.getTime()) / dayMs),
    destroyScheduledBy: destroyAt === null ? null : principal,
  };
};
