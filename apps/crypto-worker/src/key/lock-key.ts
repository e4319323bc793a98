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
  if (ifMatch !== undefined && ifMatch !== key.revision)
    throw new AnkaError('precondition-failed', 'The key has changed since; read it again and decide anew');
};
