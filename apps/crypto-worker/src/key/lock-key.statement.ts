import type { EntityManager } from 'typeorm';

/** Takes the tenant's fence until the transaction ends: no outcome that was decided before it is committed after it. */
export const takeFence = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query('SELECT pg_advisory_xact_lock(fence_of($1))', [tenantId]);
};

/** Locks the key's row until the transaction ends. Foreign keys to it stay possible. @returns its revision */
export const lockKeyRow = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
): Promise<number | undefined> => {
  const [key] = await manager.query<{ revision: number }[]>(
    'SELECT revision FROM key WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE',
    [tenantId, keyId],
  );
  return key?.revision;
};

/** Makes every decision on the key's current version outdated. Nothing else changes in the version. */
export const outdateKey = async (manager: EntityManager, tenantId: string, keyId: string): Promise<void> => {
  await manager.query(
    `UPDATE key_version SET revision = revision + 1 WHERE tenant_id = $1 AND key_id = $2
       AND version = (SELECT max(version) FROM key_version WHERE tenant_id = $1 AND key_id = $2)`,
    [tenantId, keyId],
  );
};
