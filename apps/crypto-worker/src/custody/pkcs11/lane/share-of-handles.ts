import type { Tuning } from '../profile/config.js';
import type { Profile } from '../profile/profile.js';

/** The share of the token's handles that a worker's unwrapped keys may take. */
const share = 1 / 4;

/** The wrapped keys that one lane keeps unwrapped. */
export const unwrappedKeysOf = (
  { handles }: Pick<Profile, 'handles'>,
  { unwrappedKeys }: Pick<Tuning, 'unwrappedKeys'>,
  lanes: number,
): number =>
  handles === null ? unwrappedKeys : Math.max(1, Math.min(unwrappedKeys, Math.floor((share * handles) / lanes)));
