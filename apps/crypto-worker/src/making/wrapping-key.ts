import { type AlgorithmName, mayWrap } from '@ankasecure/algorithm';
import { AnkaError, type Context } from '@ankasecure/contracts';
import { assertMay } from '../access/access.js';
import type { Custody } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import { allOf, permissionOf, stateAt, stateHolds, type Validity } from '../key/key-state.js';
import type { GrantedVersion } from '../key/key-store.js';
import { selfTested } from '../key/self-tested.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import { refusedBy } from '../policy/ruling.js';

/**
 * Checks whether `key` may unwrap a key of `algorithm` now. No caller may accept a risk here: material imported under a
 * compromised key stays known for good.
 * @returns the time for which it may
 * @throws AnkaError `key-access-denied`, `purpose-mismatch`, `key-state`, `wrapping-key-weak`, `policy-refused`,
 * `algorithm-unavailable`
 */
export const assertUnwraps = async (
  custody: Custody,
  context: Context,
  key: GrantedVersion,
  algorithm: AlgorithmName,
  policy: EnforcedPolicy,
): Promise<Validity> => {
  assertMay(context, 'manage', key.grants);
  if (key.purpose !== 'wrap')
    throw new AnkaError(
      'purpose-mismatch',
      `A key for ${key.purpose} cannot unwrap other keys. Use a key whose purpose is wrap.`,
    );
  const now = policy.now();
  const state = stateAt(key, now);
  if (permissionOf(state, 'process') !== 'yes')
    throw new AnkaError('key-state', `A key that is ${state} cannot unwrap other keys`);
  if (!mayWrap(key.algorithm, algorithm))
    throw new AnkaError('wrapping-key-weak', `${key.algorithm} is weaker than ${algorithm}. Use an AES-256 key.`);
  const { decision } = policy.ruling(key, 'process', outsideSteps(custody, key), now);
  if (!decision.allow) throw refusedBy(decision);
  await selfTested(custody, context, key, 'AES-KWP');
  return allOf(stateHolds(key, now), decision);
};
