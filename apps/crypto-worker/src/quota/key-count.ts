import type { EntityManager } from 'typeorm';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { lockKeyCount } from './key-count.statement.js';

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
  await lockKeyCount(manager, tenantId);
  const counted = await manager
    .createQueryBuilder(KeyVersionRecord, 'version')
    .select('count(DISTINCT version.keyId)', 'keys')
    .where(`version.tenantId = :tenantId AND version.state <> 'DESTROYED'`, { tenantId })
    .getRawOne<{ keys: string }>();
  return Number(counted?.keys) < most;
};
