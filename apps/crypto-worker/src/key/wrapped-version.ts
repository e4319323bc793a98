import { type EntityManager, MoreThan } from 'typeorm';
import type { GeneratedKey, Wrapping } from '../custody/custody.js';
import type { KeyVersionRecord } from './record/key-version.entity.js';
import { PlatformKeyRecord } from './record/platform-key.entity.js';

/** `wrapped_blob, wrapped_mac, kek_generation, sealed_key` of a new version. */
export const wrappedColumns = (
  { wrapped, sealed }: Pick<GeneratedKey, 'wrapped' | 'sealed'>,
  wrapping: Wrapping | undefined,
): readonly [Uint8Array | null, Uint8Array | null, number | null, Uint8Array | null] => [
  wrapped?.blob ?? null,
  wrapped?.mac ?? null,
  wrapping?.kekGeneration ?? null,
  sealed ?? null,
];

/**
 * Whether a key may still be recorded that was wrapped so. Asked with the tenant's fence held: a rotation of the KEK that has
 * begun since would not see the blob, and destroy the KEK it needs.
 */
export const isCurrentKek = async (manager: EntityManager, wrapping: Wrapping | undefined): Promise<boolean> => {
  if (wrapping === undefined) return true;
  const { tenantId, kekGeneration } = wrapping;
  return !(await manager.existsBy(PlatformKeyRecord, { tenantId, kind: 'kek', generation: MoreThan(kekGeneration) }));
};

/** What a lane needs to unwrap a version; undefined for an object of the token, and where the blob is gone. */
export const wrappedOf = (record: KeyVersionRecord): { blob: Buffer; mac: Buffer; wrapping: Wrapping } | undefined => {
  const { tenantId, keyId, version, wrappedBlob, wrappedMac, kekGeneration, kek, blobMac } = record;
  if (wrappedBlob === null || wrappedMac === null || kekGeneration === null || !kek || !blobMac) return undefined;
  return {
    blob: wrappedBlob,
    mac: wrappedMac,
    wrapping: { kek: kek.objectId, kekGeneration, blobMac: blobMac.objectId, tenantId, keyId, version },
  };
};
