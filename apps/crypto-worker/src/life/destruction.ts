import { AnkaError } from '@ankasecure/contracts';
import { type EntityManager, In } from 'typeorm';
import { dayMs } from '../deadline/day.js';
import type { StoredVersion } from '../key/record/select-version.js';
import { IntentRecord } from '../object/intent.entity.js';
import { mayBegin } from './due/may-begin.js';
import type { Step } from './plan-change.js';

/** The default waiting period of a destruction, in days, and the minimum for a key with purge protection. */
export const fullPeriodDays = 30;

/** The waiting period of a destruction. */
export class Destruction {
  constructor(
    private readonly waitingDays: number,
    private readonly minimumDays: number,
  ) {}

  /**
   * @param now milliseconds since the epoch
   * @throws AnkaError `request-invalid` for less than the platform's minimum, `key-state` for less than purge protection
   * requires
   */
  dueFor({ key: { purgeProtection: isProtected } }: StoredVersion, now: number): Date {
    if (this.waitingDays < this.minimumDays)
      throw new AnkaError('request-invalid', `waitingDays: must be at least ${this.minimumDays}`);
    if (isProtected && this.waitingDays < fullPeriodDays)
      throw new AnkaError('key-state', `The key has purge protection: waitingDays must be at least ${fullPeriodDays}`);
    return new Date(now + this.waitingDays * dayMs);
  }

  /**
   * Recognises a repeated request whose first answer was lost. @returns the last of `rows` if all of them are already
   * scheduled for destruction, with the same waiting period, no more than a day ago; otherwise undefined. A scheduled
   * destruction is never postponed or brought forward.
   */
  standing(rows: readonly StoredVersion[], now: number): StoredVersion | undefined {
    const left = rows.filter(({ state }) => state !== 'DESTROYED');
    const due = now + this.waitingDays * dayMs;
    const isRepeated = left.every(
      ({ state, destroyAt: at }) =>
        state === 'DESTROY_SCHEDULED' && at !== null && at.getTime() <= due && at.getTime() > due - dayMs,
    );
    return isRepeated ? left.at(-1) : undefined;
  }
}

/** @throws AnkaError `key-state` if the waiting period of one of `rows` is unknown or shorter than purge protection requires */
export const assertFullPeriod = (rows: readonly StoredVersion[]): void => {
  const early = rows.find(
    ({ state, destroyWaitingDays: days }) => state === 'DESTROY_SCHEDULED' && (days ?? 0) < fullPeriodDays,
  );
  if (early === undefined) return;
  const date = early.destroyAt?.toISOString();
  throw new AnkaError(
    'key-state',
    `Version ${early.version} is scheduled for destruction at ${date}, after less than ${fullPeriodDays} days. Use cancel-destroy first.`,
  );
};

/**
 * A destruction that may begin is no longer cancelled: the database could hide that it has begun.
 * @param now milliseconds since the epoch
 * @throws AnkaError `key-state` if the destruction in the HSM has begun or may begin at any moment
 */
export const assertNotBegun = async (manager: EntityManager, steps: readonly Step[], now: number): Promise<void> => {
  for (const { row } of steps)
    if (await mayBegin(manager, row, new Date(now)))
      throw new AnkaError(
        'key-state',
        `The destruction is due since ${row.destroyAt?.toISOString()} and can no longer be cancelled`,
      );
  const objectId = In(steps.map(({ row }) => row.objectId));
  if (await manager.existsBy(IntentRecord, { objectId }))
    throw new AnkaError('key-state', 'The destruction has begun and can no longer be cancelled');
};
