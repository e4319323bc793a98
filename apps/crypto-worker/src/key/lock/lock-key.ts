import { assertPreconditions, type Context, noSuchKey, type Preconditions } from '@ankasecure/contracts';
import { changeRecord } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { KeyAccess } from '../../access/access.js';
import { assertGranted } from '../../access/grant.js';
import { KeyRecord } from '../record/key.entity.js';
import type { KeyVersionRecord } from '../record/key-version.entity.js';
import { allVersions, versionsNotFollowed } from '../record/select-version.js';
import { enabledTenant } from './enabled-tenant.js';
import { holdFence } from './tenant-fence.sql.js';

/** The tenant of a key that is locked, and the revisions that the caller expects. */
export type Locking = Pick<Context, 'tenantId'> & Preconditions;

/**
 * Makes the caller's transaction the only one that changes this key. The tenant's outcomes wait for it. The fence is taken
 * first, then the row, in this order everywhere. The row's lock does not block foreign keys.
 * @throws AnkaError `key-not-found`; `precondition-failed` if the context names another revision
 */
export const lockKey = async (manager: EntityManager, locking: Locking, id: string): Promise<void> =>
  assertRevision(locking, await lock(manager, locking.tenantId, id));

/**
 * Locks a key for a caller and checks the caller's access by the grants in force. A caller without access does not learn
 * whether the revision was right.
 * @throws AnkaError as `lockKey`, and `key-access-denied`, `tenant-disabled`
 */
export const lockKeyFor = async (
  manager: EntityManager,
  context: Context,
  access: KeyAccess,
  id: string,
): Promise<void> => assertRevision(context, await lockKeyOfAny(manager, context, access, id));

/**
 * Locks a key for a caller, whatever its revision.
 * @returns the revision
 * @throws AnkaError `key-not-found`, `key-access-denied`, `tenant-disabled`
 */
export const lockKeyOfAny = async (
  manager: EntityManager,
  context: Context,
  access: KeyAccess,
  id: string,
): Promise<number> => {
  const revision = await lock(manager, context.tenantId, id);
  await enabledTenant(manager, context.tenantId);
  await assertGranted(manager, context, access, id);
  return revision;
};

const lock = async (manager: EntityManager, tenantId: string, id: string): Promise<number> => {
  await holdFence(manager, tenantId);
  const key = await manager.findOne(KeyRecord, {
    where: { tenantId, id },
    lock: { mode: 'for_no_key_update' },
  });
  if (key === null) throw noSuchKey();
  return key.revision;
};

/** @throws AnkaError `precondition-failed` if the context names another revision */
export const assertRevision = (preconditions: Preconditions, revision: number): void =>
  assertPreconditions(preconditions, revision, 'The key');

/** Counts a change of a locked key. @param changes what else of the key changes. @returns the new revision */
export const reviseKey = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  changes: Partial<KeyRecord> = {},
): Promise<number> => {
  const key = await manager.findOneByOrFail(KeyRecord, { tenantId, id });
  const revision = key.revision + 1;
  await changeRecord(manager, key, { ...changes, revision });
  return revision;
};

const outdate = (manager: EntityManager, version: KeyVersionRecord): Promise<void> =>
  changeRecord(manager, version, { revision: version.revision + 1 });

/** Makes decisions on the key's current version, and on those that are to follow it, outdated. It changes nothing else. */
export const outdateKey = async (manager: EntityManager, tenantId: string, keyId: string): Promise<void> => {
  for (const version of await versionsNotFollowed(manager, tenantId, keyId)) await outdate(manager, version);
};

/** Makes decisions on every version of the key outdated. */
export const outdateVersions = async (manager: EntityManager, tenantId: string, keyId: string): Promise<void> => {
  for (const version of await allVersions(manager, tenantId, keyId)) await outdate(manager, version);
};
