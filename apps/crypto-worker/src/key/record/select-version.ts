import { AnkaError } from '@ankasecure/contracts';
import { assertAsked, assertNewest } from '@ankasecure/service-kit';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { assertVersion } from './assert-version.js';
import { assertWhole } from './assert-whole.js';
import { assertConnected, chooseCurrent, notToFollow } from './current-version.js';
import { KeyVersionRecord } from './key-version.entity.js';
import { PlatformKeyRecord } from './platform-key.entity.js';
import { RotationPolicyRecord } from './rotation-policy.entity.js';

/** A version with its key, the key's rotation policy, and the platform keys that wrap it. */
export interface StoredVersion extends KeyVersionRecord {
  readonly rotationPolicy: RotationPolicyRecord | null;
  /** The KEK that wraps the blob. */
  readonly kek: PlatformKeyRecord | null;
  /** Of a destroyed version that was wrapped: the newest KEK that may have wrapped it. */
  readonly lastKek: PlatformKeyRecord | null;
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
      'version.lastKek',
      PlatformKeyRecord,
      'last',
      `last.tenantId = version.tenantId AND last.kind = 'kek' AND version.state = 'DESTROYED'
        AND version.custody <> 'token' AND last.generation = (SELECT max(n.generation) FROM platform_key n
          WHERE n.tenant_id = version.tenant_id AND n.kind = 'kek' AND n.created_at <= version.destroyed_at)`,
    )
    .leftJoinAndMapOne(
      'version.blobMacKey',
      PlatformKeyRecord,
      'bound',
      `bound.tenantId = version.tenantId AND bound.kind = 'blob-mac' AND bound.generation = 1 AND version.wrappedBlob IS NOT NULL`,
    ) as SelectQueryBuilder<StoredVersion>;

/**
 * Selects the number of a key's current version, as SQL: the newest that has begun. A rotation can give a version a date, and
 * such a version can be destroyed before. The first version is the current one even before it begins.
 * @param tenantId the tenant and the key, as SQL
 */
export const currentNumber = (tenantId: string, keyId: string): string =>
  `(SELECT max(n.version) FROM key_version n WHERE n.tenant_id = ${tenantId} AND n.key_id = ${keyId}
    AND (n.version = 1 OR n.activate_at IS NULL
      OR n.activate_at <= now() AND n.state NOT IN ('${notToFollow.join(`', '`)}')))`;

/** The condition of the current version of `:tenantId` and `:keyId`, and of those that are to follow it. */
const notFollowed = `version.version >= ${currentNumber(':tenantId', ':keyId')}`;

/** A reader's key, and the version if it names one. */
type Asked = Pick<KeyVersionRecord, 'tenantId' | 'keyId'> & Partial<Pick<KeyVersionRecord, 'version'>>;

type Narrowing = (ofKey: SelectQueryBuilder<StoredVersion>) => SelectQueryBuilder<StoredVersion>;

/** How often a key is read that changes while it is read. */
const attempts = 3;

/**
 * Reads versions of one key, oldest first, whatever the order in which the database answers.
 * @param withNewest whether they include the key's newest version
 * @throws AnkaError `record-forged` if the database answers with other records, `record-outdated` if it lacks some
 */
const readOfKey = async (
  manager: EntityManager,
  asked: Asked,
  narrowed: Narrowing,
  withNewest = asked.version === undefined,
): Promise<StoredVersion[]> => {
  const { tenantId, keyId } = asked;
  const where = 'version.tenantId = :tenantId AND version.keyId = :keyId';
  for (let attempt = 1; ; attempt++) {
    const rows = await narrowed(selectVersions(manager).where(where, { tenantId, keyId })).getMany();
    for (const row of rows) assertVersion(manager, row, asked);
    try {
      await assertWhole(manager, rows, withNewest);
      return rows.toSorted((a, b) => a.version - b.version);
    } catch (error) {
      if (attempt === attempts || !isOutdated(error)) throw error;
    }
  }
};

/** The key has changed while it was read. */
const isOutdated = (error: unknown): boolean => error instanceof AnkaError && error.code === 'decision-outdated';

/** Reads all versions of one key, oldest first. Only a change of all of them needs all. */
export const readKey = async (manager: EntityManager, tenantId: string, keyId: string): Promise<StoredVersion[]> => {
  const rows = await readOfKey(manager, { tenantId, keyId }, (ofKey) => ofKey);
  await assertConnected(manager, rows, 1);
  return rows;
};

/**
 * Reads all versions of a locked key, oldest first, without what belongs to them.
 * @throws AnkaError as `versionsNotFollowed`
 */
export const allVersions = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
): Promise<KeyVersionRecord[]> => {
  const rows = await lastVersions(manager, tenantId, keyId);
  await assertConnected(manager, rows, 1);
  return rows;
};

/**
 * Reads the current version of a locked key and those that are to follow it, oldest first, without what belongs to them.
 * @throws AnkaError `record-forged` if the database answers with other records, `record-outdated` if it lacks some;
 * `audit-unavailable`
 */
export const versionsNotFollowed = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
): Promise<KeyVersionRecord[]> => {
  const rows = await lastVersions(manager, tenantId, keyId, notFollowed);
  await assertConnected(manager, rows);
  await chooseCurrent(manager, rows);
  return rows;
};

/** Reads versions of a key up to its newest, oldest first. @param condition SQL that selects them; default: all */
const lastVersions = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  condition = 'true',
): Promise<KeyVersionRecord[]> => {
  const read = await manager
    .createQueryBuilder(KeyVersionRecord, 'version')
    .where('version.tenantId = :tenantId AND version.keyId = :keyId', { tenantId, keyId })
    .andWhere(condition)
    .getMany();
  for (const row of read) assertAsked(manager, row, { tenantId, keyId });
  const rows = read.toSorted((a, b) => a.version - b.version);
  await assertNewest(manager, KeyVersionRecord, { tenantId, keyId }, rows.at(-1)?.version ?? 0);
  return rows;
};

/** Reads one version of a key. @param version null for the current one */
export const readVersion = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  version: number | null,
): Promise<StoredVersion | undefined> => {
  if (version !== null) {
    const asked = { tenantId, keyId, version };
    return (await readOfKey(manager, asked, (ofKey) => ofKey.andWhere('version.version = :version', { version })))[0];
  }
  // Those after the current one have dates, and prove that it is not an older one.
  const rows = await readOfKey(manager, { tenantId, keyId }, (ofKey) => ofKey.andWhere(notFollowed));
  await assertConnected(manager, rows);
  return chooseCurrent(manager, rows);
};

/** Reads the current version of a key that is known to exist. */
export const readCurrent = async (manager: EntityManager, tenantId: string, keyId: string): Promise<StoredVersion> =>
  (await readVersion(manager, tenantId, keyId, null)) as StoredVersion;

/** Reads the versions below `before`, the newest first. */
export const readVersions = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<StoredVersion[]> => {
  const narrowed: Narrowing = (ofKey) => {
    const newest = ofKey.orderBy('version.version', 'DESC').limit(limit);
    return before === null ? newest : newest.andWhere('version.version < :before', { before });
  };
  const rows = await readOfKey(manager, { tenantId, keyId }, narrowed, before === null);
  await assertConnected(manager, rows);
  return rows.toReversed();
};

/** Reads the current version of a key and those that are to follow it, and the one that a request has made, oldest first. */
export const readCurrentAndMade = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  requestId: string | null,
): Promise<StoredVersion[]> => {
  const rows = await readOfKey(manager, { tenantId, keyId }, (ofKey) =>
    ofKey.andWhere(`(version.requestId = :requestId OR ${notFollowed})`, { requestId }),
  );
  // The one that the request has made may have been followed since.
  await assertConnected(manager, requestId !== null && rows[0]?.requestId === requestId ? rows.slice(1) : rows);
  return rows;
};
