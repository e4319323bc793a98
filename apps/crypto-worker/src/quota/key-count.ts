import type { EntityManager } from 'typeorm';

/**
 * Whether the tenant may have one more key, those that are destroyed not counted. Until the transaction ends nobody else makes
 * one, so the answer holds when the key is recorded in it; the transaction must be the tenant's.
 */
export const hasRoomForKey = async (
  manager: EntityManager,
  tenantId: string,
  most: number | undefined,
): Promise<boolean> => {
  if (most === undefined) return true;
  await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('keys:' || $1, 0))", [tenantId]);
  const [row] = await manager.query<{ count: string }[]>(
    "SELECT count(DISTINCT key_id) FROM key_version WHERE tenant_id = $1 AND state <> 'DESTROYED'",
    [tenantId],
  );
  return Number(row?.count) < most;
};
