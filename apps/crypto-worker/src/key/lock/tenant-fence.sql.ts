import { sealsOf } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';

/**
 * Takes the tenant's fence until the transaction ends. The tenant's outcomes wait, and each then checks whether the
 * revisions that it was decided on still hold. The trail is asked before it what it would be asked under it.
 */
export const holdFence = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await sealsOf(manager).prepareChange(manager, tenantId);
  await manager.query('SELECT pg_advisory_xact_lock(fence_of($1))', [tenantId]);
};

/** Shares the tenant's fence with outcomes until the transaction ends. Meanwhile no policy and no key changes. */
export const shareFence = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query('SELECT pg_advisory_xact_lock_shared(fence_of($1))', [tenantId]);
};

/** Makes the transaction the only one that gives the tenant's keys former kids. Take it after the fence. */
export const holdFormerKids = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('former-kids:' || $1, 0))`, [tenantId]);
};
