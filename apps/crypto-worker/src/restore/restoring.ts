import type { KeyState, RecordHead, RecordKind } from '@ankasecure/contracts';
import { type Restoring, transactionTime } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { dayMs } from '../deadline/day.js';
import { endedBy, withoutMaterial } from '../key/record/ended-version.js';
import { KeyRecord } from '../key/record/key.entity.js';
import type { KeyAliasRecord } from '../key/record/key-alias.entity.js';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { fullPeriodDays } from '../life/destruction.js';

const notScheduled = { destroyAt: null, destroyWaitingDays: null, destroyScheduledBy: null };

/**
 * The columns of a version that follow from the state that the trail holds. Dates that only the lost rows held are set anew,
 * never earlier: a scheduled destruction waits for the full period again.
 */
const entered: Readonly<Record<KeyState, (row: KeyVersionRecord, now: Date, by: string) => Partial<KeyVersionRecord>>> =
  {
    PRE_ACTIVE: () => notScheduled,
    ACTIVE: (row, now) => ({
      ...notScheduled,
      activateAt: row.activateAt !== null && row.activateAt > now ? now : row.activateAt,
    }),
    SUSPENDED: () => notScheduled,
    DEACTIVATED: (row, now) => ({ ...notScheduled, deactivateAt: endedBy(now, row.deactivateAt) }),
    COMPROMISED: (row, now) => ({
      ...notScheduled,
      revocationReason: 'key-compromise',
      revocationOccurredAt: row.revocationOccurredAt ?? now,
    }),
    DESTROY_SCHEDULED: (_, now, by) => ({
      destroyAt: new Date(now.getTime() + fullPeriodDays * dayMs),
      destroyWaitingDays: fullPeriodDays,
      destroyScheduledBy: by,
    }),
    // What the backup brought back of the material goes.
    DESTROYED: (_, now) => ({ ...withoutMaterial, destroyedAt: now }),
  };

const isState = (state: string | null): state is KeyState => state !== null && Object.hasOwn(entered, state);

/** Gives a version the state that the trail holds. A version that is destroyed stays destroyed. */
const restoredVersion = async (
  manager: EntityManager,
  row: KeyVersionRecord,
  { state }: RecordHead,
  { principal }: { readonly principal: string },
): Promise<Partial<KeyVersionRecord>> => {
  const revision = row.revision + 1;
  if (!isState(state) || state === row.state || row.state === 'DESTROYED') return { revision };
  return { revision, state, ...entered[state](row, await transactionTime(manager), principal) };
};

/** Points an alias at the key that the trail holds. An alias of a key that the backup lacks goes. */
const restoredAlias = async (
  manager: EntityManager,
  { tenantId, keyId: held, revision }: KeyAliasRecord,
  { state: id }: RecordHead,
): Promise<Partial<KeyAliasRecord> | 'remove'> => {
  if (id === null || !(await manager.existsBy(KeyRecord, { tenantId, id }))) return 'remove';
  return id === held ? {} : { keyId: id, revision: revision + 1 };
};

/**
 * How the worker's records are brought up to date. Rights that a backup brought back are taken, since the trail names them by
 * their digest alone: an administrator grants them again. All other records are accepted as the backup has them.
 */
export const restorings: Partial<Record<RecordKind, Restoring>> = {
  key_version: {
    changes: (manager, row, head, context) => restoredVersion(manager, row as KeyVersionRecord, head, context),
  },
  key_alias: { changes: (manager, row, head) => restoredAlias(manager, row as KeyAliasRecord, head) },
  key_grant: { changes: () => 'remove' },
};
