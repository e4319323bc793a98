import type { EntityManager } from 'typeorm';

/** Makes the caller's transaction the only one that changes the number of the tenant's keys, until it ends. */
export const lockKeyCount = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query("SELECT pg_advisory_xact_lock(hashtextextended('keys:' || $1, 0))", [tenantId]);
};
