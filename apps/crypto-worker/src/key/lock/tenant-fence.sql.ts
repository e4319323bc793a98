import type { EntityManager } from 'typeorm';

/**
 * Takes the tenant's fence until the transaction ends. The tenant's outcomes wait, and each then checks whether the
 * revisions that it was decided on still hold.
 */
export const holdFence = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query('SELECT pg_advisory_xact_lock(fence_of($1))', [tenantId]);
};

/** Shares the tenant's fence with outcomes until the transaction ends. Meanwhile no policy and no key changes. */
export const shareFence = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query('SELECT pg_advisory_xact_lock_shared(fence_of($1))', [tenantId]);
};

/** Tells whether the tenant is disabled. While its fence is held, the answer stays true. */
export const isDisabled = async (manager: EntityManager, tenantId: string): Promise<boolean> => {
  const found = await manager.query<unknown[]>('SELECT FROM tenant_policy WHERE tenant_id = $1 AND disabled', [
    tenantId,
  ]);
  return found.length > 0;
};

/** Increases the revision of a key's current version only. */
export const outdateCurrentVersion = `
  UPDATE key_version SET revision = revision + 1 WHERE tenant_id = $1 AND key_id = $2
    AND version = (SELECT max(version) FROM key_version WHERE tenant_id = $1 AND key_id = $2)`;
