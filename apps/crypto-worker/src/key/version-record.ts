import { createPublicKey } from 'node:crypto';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { Lifecycle } from './key-state.js';
import { type KeyVersion, objectKindOf } from './key-version.js';
import { KeyVersionRecord } from './record/key-version.entity.js';
import { PlatformKeyRecord } from './record/platform-key.entity.js';
import { RotationPolicyRecord } from './record/rotation-policy.entity.js';
import { wrappedOf } from './wrapped-version.js';

const kekOfVersion = `kek.tenantId = version.tenantId AND kek.kind = 'kek' AND kek.generation = version.kekGeneration`;
const bindingOfVersion = `blobMac.tenantId = version.tenantId AND blobMac.kind = 'blob-mac' AND blobMac.generation = 1
  AND version.wrappedBlob IS NOT NULL`;

/**
 * Selects `version` records with all that their use needs, in one query: `key`, `rotation`, `kek` and `blobMac`. The caller adds
 * the conditions; the transaction must be the tenant's.
 */
export const keyVersions = (manager: EntityManager): SelectQueryBuilder<KeyVersionRecord> =>
  manager
    .createQueryBuilder(KeyVersionRecord, 'version')
    .innerJoinAndSelect('version.key', 'key')
    .leftJoinAndMapOne(
      'version.rotationPolicy',
      RotationPolicyRecord,
      'rotation',
      'rotation.tenantId = version.tenantId AND rotation.keyId = version.keyId',
    )
    .leftJoinAndMapOne('version.kek', PlatformKeyRecord, 'kek', kekOfVersion)
    .leftJoinAndMapOne('version.blobMac', PlatformKeyRecord, 'blobMac', bindingOfVersion);

/** All versions of one key, oldest first; the transaction must be the tenant's. */
export const readKey = (manager: EntityManager, tenantId: string, keyId: string): Promise<KeyVersionRecord[]> =>
  keyVersions(manager)
    .where('version.tenantId = :tenantId AND version.keyId = :keyId', { tenantId, keyId })
    .orderBy('version.version')
    .getMany();

const millisOf = (date: Date | null): number | null => date?.getTime() ?? null;

export const lifecycleOf = ({ state, activateAt, deactivateAt }: KeyVersionRecord): Lifecycle => ({
  state,
  activateAt: millisOf(activateAt),
  deactivateAt: millisOf(deactivateAt),
});

export const versionOf = (record: KeyVersionRecord): KeyVersion => ({
  tenantId: record.tenantId,
  keyId: record.keyId,
  version: record.version,
  revision: record.revision,
  algorithm: record.key.algorithm,
  purpose: record.key.purpose,
  algs: record.key.algs,
  custody: record.custody,
  ...lifecycleOf(record),
  maxUses: record.rotationPolicy?.maxUses ?? null,
  ref: {
    ...objectKindOf(record.key),
    objectId: record.objectId,
    wrapped: wrappedOf(record),
    sealed: record.sealedKey ?? undefined,
  },
  keyMadeAt: record.key.createdAt.getTime(),
  madeAt: record.createdAt.getTime(),
  publicKey: record.spki === null ? null : createPublicKey({ key: record.spki, format: 'der', type: 'spki' }),
});
