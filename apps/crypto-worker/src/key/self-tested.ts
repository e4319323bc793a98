import type { Alg } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import type { Deadline } from '../deadline/deadline.js';
import type { KeyVersion } from './key-version.js';

type Key = Pick<KeyVersion, 'algorithm' | 'purpose' | 'custody'>;

const whenTested = async (custody: Custody, budget: Deadline, key: Key, alg: Alg): Promise<void> => {
  const { algorithm, purpose } = key;
  // A wrapped key is used in the token.
  const place = key.custody === 'wrapped' ? 'token' : key.custody;
  const { algs, excluded } = await custody.capability(budget, algorithm, purpose, place);
  if (algs.includes(alg)) return;
  const why = excluded.find((row) => row.alg === alg)?.detail ?? 'the token is not known to support it';
  throw new AnkaError('algorithm-unavailable', `${alg} with ${algorithm} cannot be used on this token: ${why}`);
};

/**
 * Checks that this token has passed the self-test that the key needs.
 * @returns undefined if it has, which costs nothing; otherwise a promise that waits for a pending self-test
 * @throws (rejects with) AnkaError `algorithm-unavailable`, `hsm-timeout`
 */
export const selfTested = (custody: Custody, budget: Deadline, key: Key, alg: Alg): Promise<void> | undefined =>
  custody.known(key.algorithm, key.purpose, key.custody).algs.includes(alg)
    ? undefined
    : whenTested(custody, budget, key, alg);
