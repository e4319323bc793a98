import { AnkaError, type Context } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { Deed } from '../access/access.js';
import { assertGranted } from '../access/grant.js';
import { KeyRecord } from './record/key.entity.js';
import { holdFence } from './tenant-fence.js';

/** Who locks a key, and for what. */
export type Locking = Pick<Context, 'tenantId' | 'ifMatch'>;

/**
 * Makes the caller's transaction the only one that changes this key, and its tenant's outcomes wait for it. The fence comes
 * first, then the rows: everybody who takes both does so in this order. The row's lock leaves foreign keys alone.
 * @throws AnkaError `key-not-found`, `precondition-failed` when the context names another revision
 */
export const lockKey = async (manager: EntityManager, { tenantId, ifMatch }: Locking, id: string): Promise<void> =>
  assertRevision({ ifMatch }, await lock(manager, tenantId, id));

/**
 * The same for somebody who asks: with the key locked, its grants are those that hold. Whoever may not do it does not learn
 * whether its revision was the right one.
 * @throws AnkaError besides, `key-access-denied`
 */
export const lockKeyFor = async (manager: EntityManager, context: Context, deed: Deed, id: string): Promise<void> =>
  assertRevision(context, await lockKeyOfAny(manager, context, deed, id));

/**
 * The same, whatever its revision.
 * @returns which that is
 */
export const lockKeyOfAny = async (
  manager: EntityManager,
  context: Context,
  deed: Deed,
  id: string,
): Promise<number> => {
  const revision = await lock(manager, context.tenantId, id);
  await assertGranted(manager, context, deed, id);
  return revision;
};

const lock = async (manager: EntityManager, tenantId: string, id: string): Promise<number> => {
  await holdFence(manager, tenantId);
  const key = await manager.findOne(KeyRecord, {
    select: { revision: true },
    where: { tenantId, id },
    lock: { mode: 'for_no_key_update' },
  });
  if (key === null) throw new AnkaError('key-not-found');
  return key.revision;
};

/** @throws AnkaError `precondition-failed` when the context names another revision */
export const assertRevision = ({ ifMatch }: Pick<Context, 'ifMatch'>, revision: number): void => {
  if (ifMatch !== undefined && ifMatch !== revision)
    throw new AnkaError('precondition-failed', 'The key has changed. Read it again and repeat the change.');
};

/** Makes whatever was decided on the key's current version outdated, in the caller's transaction. Nothing else changes in it. */
export const outdateKey = async (manager: EntityManager, tenantId: string, id: string): Promise<void> => {
  await manager.query(
    `UPDATE key_version SET revision = revision + 1 WHERE tenant_id = $1 AND key_id = $2
       AND version = (SELECT max(version) FROM key_version WHERE tenant_id = $1 AND key_id = $2)`,
    [tenantId, id],
  );
};
