import type { EntityManager } from 'typeorm';
import { dayMs } from '../../deadline/day.js';
import type { StoredVersion } from '../../key/record/select-version.js';
import { TenantPolicyRecord } from '../../key/record/tenant-policy.entity.js';

/** A destruction that came due while its tenant was disabled can still be cancelled for this time, in milliseconds. */
const graceMs = dayMs;

/**
 * Whether the destruction of a version may begin now, by the sealed records alone: it is due, and the tenant is not disabled. One that
 * came due while the tenant was disabled waits for a day after it is enabled. Without the tenant's record, nothing is destroyed.
 */
export const mayBegin = async (
  manager: EntityManager,
  { tenantId, state, destroyAt }: Pick<StoredVersion, 'tenantId' | 'state' | 'destroyAt'>,
  now: Date,
): Promise<boolean> => {
  if (state !== 'DESTROY_SCHEDULED' || destroyAt === null || destroyAt > now) return false;
  const held = await manager.findOneBy(TenantPolicyRecord, { tenantId });
  if (held === null || held.disabledAt !== null) return false;
  return held.enabledAt === null || destroyAt > held.enabledAt || now.getTime() >= held.enabledAt.getTime() + graceMs;
};
