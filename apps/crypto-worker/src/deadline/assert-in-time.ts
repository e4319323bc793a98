import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import type { Deadline } from './deadline.js';

/** Checks that the caller still waits. Call it before work outside the HSM. @throws AnkaError `deadline-exceeded` */
export const assertInTime = ({ deadline }: Deadline): void => {
  if (deadline <= monotonicNow()) throw new AnkaError('deadline-exceeded');
};
