import { randomBytes } from 'node:crypto';

/** Where a key object lives, and under which id and label. */
export interface Placement {
  readonly id: Buffer;
  readonly label: string;
  /**
   * All but `token` end with their session: unwrapped keys in use, keys about to be wrapped, and the keys of self-tests, of which
   * secret ones may be read back to check them.
   */
  readonly as: 'token' | 'session' | 'wrappable-session' | 'readable-session';
}

/** The place of an imported key while it is on trial. */
export const trialPlace = (): Placement => ({ id: randomBytes(16), label: 'ankasecure:import', as: 'session' });
