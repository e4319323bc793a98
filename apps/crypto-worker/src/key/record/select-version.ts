import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { KeyVersionRecord } from './key-version.entity.js';
import { PlatformKeyRecord } from './platform-key.entity.js';
import { RotationPolicyRecord } from './rotation-policy.entity.js';

/** A version with its key, the key's rotation policy, and the platform keys that wrap it. */
export interface StoredVersion extends KeyVersionRecord {
  readonly rotationPolicy: RotationPolicyRecord | null;
  /** The KEK that wraps the blob. */
  readonly kek: PlatformKeyRecord | null;
  /** The key that computes the blob's MAC. */
  readonly blobMacKey: PlatformKeyRecord | null;
}

/**
 * Selects versions in one query, under the aliases `version` and `key`. The transaction must be the tenant's.
 * @see StoredVersion
 */
export const selectVersions = (manager: EntityManager): SelectQueryBuilder<StoredVersion> =>
  manager
    .createQueryBuilder(KeyVersionRecord, 'version')
    .innerJoinAndSelect('version.key', 'key')
    .leftJoinAndMapOne(
      'version.rotationPolicy',
      RotationPolicyRecord,
      'rotation',
      'rotation.tenantId = version.tenantId AND rotation.keyId = version.keyId',
    )
    .leftJoinAndMapOne(
      'version.kek',
      PlatformKeyRecord,
      'kek',
      `kek.tenantId = version.tenantId AND kek.kind = 'kek' AND kek.generation = version.kekGeneration`,
    )
    .leftJoinAndMapOne(
      'version.blobMacKey',
      PlatformKeyRecord,
      'bound',
      `bound.tenantId = version.tenantId AND bound.kind = 'blob-mac' AND bound.generation = 1 AND version.wrappedBlob IS NOT NULL`,
    ) as SelectQueryBuilder<StoredVersion>;

/** Reads all versions of one key, oldest first. */
export const readKey = (manager: EntityManager, tenantId: string, keyId: string): Promise<StoredVersion[]> =>
  selectVersions(manager)
    .where('version.tenantId = :tenantId AND version.keyId = :keyId', { tenantId, keyId })
    .orderBy('version.version')
    .getMany();
