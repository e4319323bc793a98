import type { KeyState } from './key-version.js';

/** Applying protection (encrypt, sign, MAC) or processing what is protected already (decrypt, verify): SP 800-57 part 1 r5 §7. */
export type Use = 'protect' | 'process';

/** What each state allows. A suspended or compromised key processes nothing unless its caller takes the risk on itself, which nobody can yet. */
export const allowedUses = {
  PRE_ACTIVE: [],
  ACTIVE: ['protect', 'process'],
  SUSPENDED: [],
  DEACTIVATED: ['process'],
  COMPROMISED: [],
  DESTROY_SCHEDULED: [],
  DESTROYED: [],
} as const satisfies Record<KeyState, readonly Use[]>;

export const allows = (state: KeyState, use: Use): boolean => (allowedUses[state] as readonly Use[]).includes(use);
