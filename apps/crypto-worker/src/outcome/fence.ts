import type { Validity } from '../key/key-state.js';
import { always } from '../key/key-state.js';
import type { KeyVersion } from '../key/key-version.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';

/**
 * The revisions that an outcome was decided on, and the time for which the decision holds. It may be committed, and its result
 * released, only while all of them hold. Null if no revision was involved (a request that was not even valid). A version that
 * was used up and replaced keeps its revision. A use that was taken of it before may be committed for as long as a request may
 * take, if nothing else has changed.
 */
export interface Fence {
  readonly tenantId: string;
  readonly policy: EnforcedPolicy | null;
  readonly key: KeyVersion | null;
  /** By the database's clock: the key's dates, and those of the policy and its tables. */
  readonly validity: Validity;
  /** The key was not used: this was a dry run. */
  readonly tried?: boolean;
}

/** The fence of an outcome that holds whatever happens to key and policy, at any time. */
export const undecided = (tenantId: string): Fence => ({ tenantId, policy: null, key: null, validity: always });

/**
 * The name of an outcome's row. Outcomes with equal names share one row of a commit, and of the key's use. Sorting puts
 * those of one key version and operation together.
 */
export const nameOf = ({ tenantId, policy, key, validity: { since, until } }: Fence, operation: string): string =>
  `${tenantId}/${key === null ? '' : `${key.keyId}.${key.version}/${operation}@${key.revision}`}/${policy?.revision ?? ''}/${since}/${until}`;
