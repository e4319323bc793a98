import type { EntityManager } from 'typeorm';

/**
 * Tells whether the tenant may have one more key. Destroyed keys do not count. No other key is recorded until the
 * transaction ends, so the answer still holds when the key is recorded in it. The transaction must be the tenant's.
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
