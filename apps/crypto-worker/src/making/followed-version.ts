import type { KeyState } from '@ankasecure/contracts';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';

/**
 * What changes in the record of a replaced version. Its revision increases, so that workers that still hold it as the current
 * version detect the change. A used-up version keeps its revision, because uses taken of it are still to be committed; workers
 * are notified.
 */
export const followedVersion = (
  { revision, deactivateAt: end }: Pick<KeyVersionRecord, 'revision' | 'deactivateAt'>,
  state: KeyState,
  trigger: 'request' | 'schedule' | 'uses',
  now: Date,
): Partial<KeyVersionRecord> => ({
  state,
  revision: trigger === 'uses' ? revision : revision + 1,
  ...(state === 'DEACTIVATED' && { deactivateAt: end !== null && end < now ? end : now }),
});
