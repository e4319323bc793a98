import type { KeyVersion } from '../key/key-version.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';

/**
 * The revisions that an outcome was decided on. It may be committed, and its result released, only while both still hold.
 * Null if no revision was involved (a request that was not even valid). A version that was used up and replaced keeps its
 * revision. A use that was taken of it before may be committed for as long as a request may take, if nothing else has
 * changed.
 */
export interface Fence {
  readonly tenantId: string;
  readonly policy: EnforcedPolicy | null;
  readonly key: KeyVersion | null;
  /** The key was not used: this was a dry run. */
  readonly tried?: boolean;
}

/** The fence of an outcome that holds whatever happens to key and policy. */
export const undecided = (tenantId: string): Fence => ({ tenantId, policy: null, key: null });

/**
 * The name of an outcome's row. Outcomes with equal names share one row of a commit, and of the key's use. Sorting puts
 * those of one key version and operation together.
 */
export const nameOf = ({ tenantId, policy, key }: Fence, operation: string): string =>
  `${tenantId}/${key === null ? '' : `${key.keyId}.${key.version}/${operation}@${key.revision}`}/${policy?.revision ?? ''}`;
