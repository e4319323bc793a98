import type { KeyVersion } from '../key/key-version.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';

/**
 * What an outcome was decided on. It may be committed, and its result released, only while both revisions still hold.
 * Null where nothing was decided by it (a request that was not even valid).
 */
export interface Fence {
  readonly tenantId: string;
  readonly policy: EnforcedPolicy | null;
  readonly key: KeyVersion | null;
}

/** Outcomes with equal names share one row of a commit. */
export const nameOf = ({ tenantId, policy, key }: Fence): string =>
  `${tenantId}/${policy?.revision ?? ''}/${key === null ? '' : `${key.keyId}.${key.version}@${key.revision}`}`;
