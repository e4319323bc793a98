import { AnkaError, type Context } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';

/**
 * Makes the caller's transaction the only one that changes this key, and its tenant's outcomes wait for it. The fence comes
 * first, then the rows: everybody who takes both does so in this order. The row's lock leaves foreign keys alone.
 * @throws AnkaError `key-not-found`, `precondition-failed` when the context names another revision
 */
export const lockKey = async (
  manager: EntityManager,
  { tenantId, ifMatch }: Pick<Context, 'tenantId' | 'ifMatch'>,
  id: string,
): Promise<void> => {
  await manager.query('SELECT pg_advisory_xact_lock(fence_of($1))', [tenantId]);
  const [key] = await manager.query<{ revision: number }[]>(
    'SELECT revision FROM key WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE',
    [tenantId, id],
  );
  if (key === undefined) throw new AnkaError('key-not-found');
  assertRevision({ ifMatch }, key.revision);
};

/** @throws AnkaError `precondition-failed` when the context names another revision */
export const assertRevision = ({ ifMatch }: Pick<Context, 'ifMatch'>, revision: number): void => {
  if (ifMatch !== undefined && ifMatch !== revision)
    throw new AnkaError('precondition-failed', 'The key has changed since; read it again and decide anew');
};

/** Makes whatever was decided on the key's current version outdated, in the caller's transaction. Nothing else changes in it. */
export const outdateKey = async (manager: EntityManager, tenantId: string, id: string): Promise<void> => {
  await manager.query(
    `UPDATE key_version SET revision = revision + 1 WHERE tenant_id = $1 AND key_id = $2
       AND version = (SELECT max(version) FROM key_version WHERE tenant_id = $1 AND key_id = $2)`,
    [tenantId, id],
  );
};
