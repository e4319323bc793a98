import { type EntityManager, MoreThan } from 'typeorm';
import type { GeneratedKey, Wrapping } from '../custody/custody.js';
import type { KeyVersionRecord } from './record/key-version.entity.js';
import { PlatformKeyRecord } from './record/platform-key.entity.js';
import type { StoredVersion } from './record/select-version.js';

/** The columns of a new version that hold its wrapped form. */
export const wrappedColumns = (
  { wrapped, sealed }: Pick<GeneratedKey, 'wrapped' | 'sealed'>,
  wrapping: Wrapping | undefined,
): Pick<KeyVersionRecord, 'wrappedBlob' | 'wrappedMac' | 'kekGeneration' | 'sealedKey'> => ({
  wrappedBlob: bufferOf(wrapped?.blob),
  wrappedMac: bufferOf(wrapped?.mac),
  kekGeneration: wrapping?.kekGeneration ?? null,
  sealedKey: bufferOf(sealed),
});

const bufferOf = (bytes: Uint8Array | null | undefined): Buffer | null =>
  bytes === null || bytes === undefined ? null : Buffer.from(bytes);

/**
 * Tells whether a key that `wrapping` wraps may still be recorded. The caller holds the tenant's fence: otherwise a rotation of the
 * KEK that has begun since would miss the blob, and destroy the KEK that the blob needs.
 */
export const isCurrentKek = async (manager: EntityManager, wrapping: Wrapping | undefined): Promise<boolean> => {
  if (wrapping === undefined) return true;
  const { tenantId, kekGeneration } = wrapping;
  return !(await manager.existsBy(PlatformKeyRecord, { tenantId, kind: 'kek', generation: MoreThan(kekGeneration) }));
};

/**
 * Everything that a lane needs to unwrap a version; undefined for an object of the token and for a version whose blob was
 * deleted.
 */
export const wrappedOf = (stored: StoredVersion): { blob: Buffer; mac: Buffer; wrapping: Wrapping } | undefined => {
  const { wrappedBlob: blob, wrappedMac: mac, kekGeneration, kek, blobMacKey } = stored;
  if (blob === null || mac === null || kekGeneration === null || kek === null || blobMacKey === null) return undefined;
  const { tenantId, keyId, version } = stored;
  return {
    blob,
    mac,
    wrapping: {
      kek: kek.objectId,
      kekGeneration,
      kekRetired: kek.retiredAt !== null,
      blobMac: blobMacKey.objectId,
      tenantId,
      keyId,
      version,
    },
  };
};
