import { assertAbsent, assertNewest } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { KeyVersionRecord } from './key-version.entity.js';
import { RotationPolicyRecord } from './rotation-policy.entity.js';
import type { StoredVersion } from './select-version.js';

/**
 * Checks that nothing of a key is missing that decides: a rotation policy limits its uses, and a newer version replaces older
 * ones. Grants and aliases need no such check: a deleted one allows nothing.
 * @param versions of one key
 * @param withNewest whether they include the key's newest version
 * @throws AnkaError `record-outdated`; `decision-outdated` if the key changed while it was read; `audit-unavailable`
 */
export const assertWhole = async (
  manager: EntityManager,
  versions: readonly StoredVersion[],
  withNewest: boolean,
): Promise<void> => {
  const [first] = versions;
  if (first === undefined) return;
  const ofKey = { tenantId: first.tenantId, keyId: first.keyId };
  const last = Math.max(...versions.map(({ version }) => version));
  await Promise.all([
    withNewest ? assertNewest(manager, KeyVersionRecord, ofKey, last) : undefined,
    versions.some(({ rotationPolicy }) => rotationPolicy === null)
      ? assertAbsent(manager, RotationPolicyRecord, ofKey)
      : undefined,
  ]);
};
