import type { KeyVersion } from '../key/key-version.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';

/**
 * What an outcome was decided on. It may be committed, and its result released, only while both revisions still hold.
 * Null where nothing was decided by it (a request that was not even valid). A version that was used up and followed keeps its
 * revision: a use that was taken of it before is committed for as long as a request may take, and nothing else has changed.
 */
export interface Fence {
  readonly tenantId: string;
  readonly policy: EnforcedPolicy | null;
  readonly key: KeyVersion | null;
  /** The key was not used: what it would have done was only tried. */
  readonly tried?: boolean;
}

/** Of an outcome that holds whatever key and policy have become. */
export const undecided = (tenantId: string): Fence => ({ tenantId, policy: null, key: null });

/**
 * Outcomes with equal names share one row of a commit, and of the key's use. Those of one key version and operation stand
 * together when names are sorted.
 */
export const nameOf = ({ tenantId, policy, key }: Fence, operation: string): string =>
  `${tenantId}/${key === null ? '' : `${key.keyId}.${key.version}/${operation}@${key.revision}`}/${policy?.revision ?? ''}`;
