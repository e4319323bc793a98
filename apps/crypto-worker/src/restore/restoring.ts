import { type KeyState, mayFollow, type RecordHead, type RecordKind } from '@ankasecure/contracts';
import { type Restoring, transactionTime } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { dayMs } from '../deadline/day.js';
import { endedBy, withoutMaterial } from '../key/record/ended-version.js';
import { KeyRecord } from '../key/record/key.entity.js';
import type { KeyAliasRecord } from '../key/record/key-alias.entity.js';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { fullPeriodDays } from '../life/destruction.js';
import type { FinalStates } from './final-states.js';

const notScheduled = { destroyAt: null, destroyWaitingDays: null, destroyScheduledBy: null };

const compromised = (row: KeyVersionRecord, now: Date): Partial<KeyVersionRecord> => ({
  revocationReason: 'key-compromise',
  revocationOccurredAt: row.revocationOccurredAt ?? now,
});

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
    COMPROMISED: (row, now) => ({ ...notScheduled, ...compromised(row, now) }),
    DESTROY_SCHEDULED: (_, now, by) => ({
      destroyAt: new Date(now.getTime() + fullPeriodDays * dayMs),
      destroyWaitingDays: fullPeriodDays,
      destroyScheduledBy: by,
    }),
    // What the backup brought back of the material goes.
    DESTROYED: (_, now) => ({ ...withoutMaterial, destroyedAt: now }),
  };

/**
 * The states of the trail that a restored version enters, by its own state: those that allow less. A trail is not proof that
 * somebody resumed or activated a key, since whoever owns the database can forge an event before it is sealed.
 */
export const restricting: Readonly<Record<KeyState, readonly KeyState[]>> = {
  PRE_ACTIVE: ['SUSPENDED', 'DEACTIVATED', 'DESTROY_SCHEDULED', 'COMPROMISED', 'DESTROYED'],
  ACTIVE: ['SUSPENDED', 'DEACTIVATED', 'DESTROY_SCHEDULED', 'COMPROMISED', 'DESTROYED'],
  SUSPENDED: ['DEACTIVATED', 'DESTROY_SCHEDULED', 'COMPROMISED', 'DESTROYED'],
  DEACTIVATED: ['DESTROY_SCHEDULED', 'COMPROMISED', 'DESTROYED'],
  DESTROY_SCHEDULED: ['COMPROMISED', 'DESTROYED'],
  COMPROMISED: ['DESTROY_SCHEDULED', 'DESTROYED'],
  DESTROYED: [],
};

/** The state that a version gets. @param since the final states that the trail knows it to have entered since */
const stateFor = (row: KeyVersionRecord, held: string | null, since: ReadonlySet<string | null>): KeyState => {
  if (row.state === 'DESTROYED' || since.has('DESTROYED')) return 'DESTROYED';
  const state = restricting[row.state].find((allowed) => allowed === held) ?? row.state;
  return since.has('COMPROMISED') && !mayFollow('key_version', 'COMPROMISED', state) ? 'COMPROMISED' : state;
};

/** Whether an event names the version as compromised or destroyed since, and its row does not. */
const isOutlived = (row: KeyVersionRecord, finals: FinalStates): boolean =>
  stateFor(row, null, finals.since(row)) !== row.state;

/** More changes of one record than any backup lacks. The counts are 32 bits wide, and leave room for two hundred restores. */
const mostLostChanges = 10_000_000;

/**
 * The count of changes that a restored record gets, which callers name in `If-Match`: higher than any that it had before. Each
 * change that the backup lacks is named by an event of its own.
 * @param seq the number of the last event that names a change
 */
export const countAfter = (revision: number, seq: number): number => revision + Math.min(seq, mostLostChanges) + 1;

/** Gives a version the state that the trail holds, if it allows less. A version that was compromised stays so. */
const restoredVersion = async (
  manager: EntityManager,
  row: KeyVersionRecord,
  head: RecordHead,
  { principal }: { readonly principal: string },
  finals: FinalStates,
): Promise<Partial<KeyVersionRecord>> => {
  const revision = countAfter(row.revision, head.seq);
  const since = finals.since(row);
  const state = stateFor(row, finals.lastOf(head), since);
  // The date of a destruction that may have been cancelled since does not count.
  if (state === row.state && state !== 'DESTROY_SCHEDULED') return { revision };
  const now = await transactionTime(manager);
  return {
    revision,
    ...(state !== row.state && { state }),
    ...(since.has('COMPROMISED') && compromised(row, now)),
    ...entered[state](row, now, principal),
  };
};

/** Points an alias at the key that the trail holds. An alias of a key that the backup lacks goes. */
const restoredAlias = async (
  manager: EntityManager,
  { tenantId, keyId: held, revision }: KeyAliasRecord,
  { state: id, seq }: RecordHead,
): Promise<Partial<KeyAliasRecord> | 'remove'> => {
  if (id === null || !(await manager.existsBy(KeyRecord, { tenantId, id }))) return 'remove';
  return { ...(id !== held && { keyId: id }), revision: countAfter(revision, seq) };
};

/**
 * How the worker's records are brought up to date. Rights that a backup brought back are taken, since the trail names them by
 * their digest alone: an administrator grants them again. All other records are accepted as the backup has them.
 */
export const restoringsOf = (finals: FinalStates): Partial<Record<RecordKind, Restoring>> => ({
  key: { changes: (_manager, row, { seq }) => ({ revision: countAfter((row as KeyRecord).revision, seq) }) },
  key_version: {
    changes: (manager, row, head, context) => restoredVersion(manager, row as KeyVersionRecord, head, context, finals),
    isOutlived: (row) => isOutlived(row as KeyVersionRecord, finals),
  },
  key_alias: { changes: (manager, row, head) => restoredAlias(manager, row as KeyAliasRecord, head) },
  key_grant: { changes: () => 'remove' },
});
