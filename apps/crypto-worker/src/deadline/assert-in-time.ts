import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from './deadline.js';

/** Work outside the HSM begins only while somebody waits for it. @throws AnkaError `deadline-exceeded` */
export const assertInTime = ({ deadline }: Deadline): void => {
  if (deadline <= Date.now()) throw new AnkaError('deadline-exceeded');
};
