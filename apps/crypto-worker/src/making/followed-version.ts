import type { KeyState } from '@ankasecure/contracts';
import { endedBy } from '../key/record/ended-version.js';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';

/**
 * Returns the columns that change when a version is replaced. Its revision increases, so that workers that still hold it as the current
 * version detect the change. A used-up version keeps its revision, because uses taken of it are still to be committed; workers
 * are notified.
 */
export const followedVersion = (
  { revision, deactivateAt }: Pick<KeyVersionRecord, 'revision' | 'deactivateAt'>,
  state: KeyState,
  trigger: 'request' | 'schedule' | 'uses',
  now: Date,
): Partial<KeyVersionRecord> => ({
  state,
  revision: trigger === 'uses' ? revision : revision + 1,
  ...(state === 'DEACTIVATED' && { deactivateAt: endedBy(now, deactivateAt) }),
});

/** The states in which a date still ends a version. */
const toEnd: readonly KeyState[] = ['PRE_ACTIVE', 'ACTIVE', 'SUSPENDED'];

/**
 * Returns the columns that change when a version is given its end, because the next one takes over then. The new revision makes
 * every worker read the end.
 */
export const toBeFollowed = (
  { state, revision, deactivateAt }: Pick<KeyVersionRecord, 'state' | 'revision' | 'deactivateAt'>,
  end: Date,
): Partial<KeyVersionRecord> => ({
  revision: revision + 1,
  ...(toEnd.includes(state) && { deactivateAt: endedBy(end, deactivateAt) }),
});
