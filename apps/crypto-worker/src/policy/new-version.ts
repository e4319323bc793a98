import type { PolicyRequest } from '@ankasecure/policy-rules';
import type { Custody } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import type { StoredVersion } from '../key/record/select-version.js';
import type { EnforcedPolicy } from './enforced-policy.js';

/**
 * What the policy is asked before a key gets a new version: the same as before a key is made, and how old the key is. No key is
 * made, so none of its metadata is asked for: an old key without them is better rotated than not.
 */
export const newVersionRequest = (
  custody: Custody,
  { document }: Pick<EnforcedPolicy, 'document'>,
  { custody: place, key: { algorithm, purpose, createdAt } }: Pick<StoredVersion, 'custody' | 'key'>,
): PolicyRequest => ({
  algorithm,
  purpose,
  use: 'create',
  custody: place,
  outsideSteps: outsideSteps(custody, algorithm, purpose),
  keyMadeAt: createdAt.getTime(),
  labels: document.requiredLabels ?? [],
});
