import type { PolicyRequest } from '@ankasecure/policy-rules';
import type { Custody } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import type { StoredVersion } from '../key/record/select-version.js';
import type { EnforcedPolicy } from './enforced-policy.js';

/**
 * The policy request for a new version: the same as for a new key, with the age of the key. Required labels count as
 * present, because an old key without them should still be rotated.
 */
export const newVersionRequest = (
  custody: Custody,
  { document }: Pick<EnforcedPolicy, 'document'>,
  { custody: place, key: { algorithm, purpose, algs, createdAt } }: Pick<StoredVersion, 'custody' | 'key'>,
): PolicyRequest => ({
  algorithm,
  purpose,
  use: 'create',
  custody: place,
  outsideSteps: outsideSteps(custody, { algorithm, purpose, algs, custody: place }),
  keyMadeAt: createdAt.getTime(),
  labels: document.requiredLabels ?? [],
});
