import type { Pkcs11Section } from '../custody/partition.js';
import type { InTurn } from './turns.js';

/** What to look at, and how. */
export interface Examination {
  readonly partition: string;
  readonly hsm: Pkcs11Section;
  /** Only look at the library and its tokens. */
  readonly withoutLogin: boolean;
  /** Log in although the token's flags forbid it. */
  readonly logInAnyway: boolean;
  /** Leave out keys that take long to make. */
  readonly quick: boolean;
  /** Algorithms to try; all if empty. */
  readonly only: readonly string[];
  /** The longest time of one call, in seconds. */
  readonly limitSeconds: number;
}

/** Receives what is under way. */
export type Progress = (text: string) => void;

/** The surroundings of one examination. */
export interface Run {
  readonly progress: Progress;
  /** Ends it after the key under way. */
  readonly stop: AbortSignal;
  /** Whatever writes to the token is done in a turn. */
  readonly inTurn: InTurn;
}
