import { assertAsked } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { KeyVersionRecord } from './key-version.entity.js';
import type { StoredVersion } from './select-version.js';

/**
 * Checks that a version is the one that was asked for, and that the records that were joined to it are its own.
 * @throws AnkaError `record-forged`
 */
export const assertVersion = (
  manager: EntityManager,
  stored: StoredVersion,
  asked: Partial<Pick<KeyVersionRecord, 'tenantId' | 'keyId' | 'version'>>,
): void => {
  const { tenantId, keyId, kekGeneration, key, rotationPolicy, kek, blobMacKey } = stored;
  assertAsked<KeyVersionRecord>(manager, stored, asked);
  assertAsked(manager, key, { tenantId, id: keyId });
  if (rotationPolicy !== null) assertAsked(manager, rotationPolicy, { tenantId, keyId });
  if (kek !== null) assertAsked(manager, kek, { tenantId, kind: 'kek', generation: kekGeneration ?? 0 });
  if (blobMacKey !== null) assertAsked(manager, blobMacKey, { tenantId, kind: 'blob-mac', generation: 1 });
};
