import { randomBytes } from 'node:crypto';

/** The place of a key object, its id and its label. */
export interface Placement {
  readonly id: Buffer;
  readonly label: string;
  /**
   * All but `token` end with their session: unwrapped keys in use, keys about to be wrapped, and keys of self-tests. Secret
   * test keys may be read back to check them.
   */
  readonly as: 'token' | 'session' | 'wrappable-session' | 'readable-session';
}

/** The place of an imported key while it is tried. */
export const trialPlace = (): Placement => ({ id: randomBytes(16), label: 'ankasecure:import', as: 'session' });
