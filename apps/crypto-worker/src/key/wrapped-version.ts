import type { EntityManager } from 'typeorm';
import type { GeneratedKey, Wrapping } from '../custody/custody.js';
import type { KeyRow } from './key-store.js';

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
  const newer = await manager.query<unknown[]>(
    `SELECT 1 FROM platform_key WHERE tenant_id = $1 AND kind = 'kek' AND generation > $2`,
    [wrapping.tenantId, wrapping.kekGeneration],
  );
  return newer.length === 0;
};

/** What a lane needs to unwrap a version; undefined for an object of the token, and where the blob is gone. */
export const wrappedOf = (row: KeyRow): { blob: Buffer; mac: Buffer; wrapping: Wrapping } | undefined => {
  const { wrapped_blob: blob, wrapped_mac: mac, kek_generation: kekGeneration } = row;
  const { kek_object_id: kek, blob_mac_object_id: blobMac } = row;
  if (blob === null || mac === null || kekGeneration === null || kek === null || blobMac === null) return undefined;
  const { tenant_id: tenantId, id: keyId, version } = row;
  return { blob, mac, wrapping: { kek, kekGeneration, blobMac, tenantId, keyId, version } };
};
