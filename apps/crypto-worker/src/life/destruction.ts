import { AnkaError } from '@ankasecure/contracts';
import { type EntityManager, In } from 'typeorm';
import type { StoredVersion } from '../key/record/select-version.js';
import { IntentRecord } from '../object/intent.entity.js';
import type { Step } from './plan-change.js';

/** Days that a destruction waits when nobody says otherwise, and at least where the key has purge protection. */
export const fullPeriodDays = 30;

const dayMs = 86_400_000;

/** How long a destruction is to wait. */
export class Destruction {
  constructor(
    private readonly waitingDays: number,
    private readonly minimumDays: number,
  ) {}

  /** @throws AnkaError `request-invalid` for less than the platform's minimum, `key-state` for less than what protects the key */
  dueFor({ key: { purgeProtection: isProtected } }: StoredVersion): Date {
    if (this.waitingDays < this.minimumDays)
      throw new AnkaError('request-invalid', `waitingDays: must be at least ${this.minimumDays}`);
    if (isProtected && this.waitingDays < fullPeriodDays)
      throw new AnkaError('key-state', `The key has purge protection: waitingDays must be at least ${fullPeriodDays}`);
    return new Date(Date.now() + this.waitingDays * dayMs);
  }

  /**
   * The last of `rows`, where all of them wait for their destruction already and it was asked for as it is now, no more than a
   * day ago: then this is the same call once more, its first answer lost, and there is nothing left to do. Else undefined: what
   * stands is neither put off nor hurried.
   */
  standing(rows: readonly StoredVersion[]): StoredVersion | undefined {
    const left = rows.filter(({ state }) => state !== 'DESTROYED');
    const due = Date.now() + this.waitingDays * dayMs;
    const isRepeated = left.every(
      ({ state, destroyAt: at }) =>
        state === 'DESTROY_SCHEDULED' && at !== null && at.getTime() <= due && at.getTime() > due - dayMs,
    );
    return isRepeated ? left.at(-1) : undefined;
  }
}

/** @throws AnkaError `key-state` when one of `rows` waits for less than purge protection would have it wait, or nobody knows how long */
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

/** @throws AnkaError `key-state` when the HSM has been told already, or is about to be */
export const assertNotBegun = async (manager: EntityManager, steps: readonly Step[]): Promise<void> => {
  const objectId = In(steps.map(({ row }) => row.objectId));
  if (await manager.existsBy(IntentRecord, { objectId }))
    throw new AnkaError('key-state', 'The destruction has begun and can no longer be cancelled');
};
