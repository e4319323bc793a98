import { AnkaError, disabledTenant } from '@ankasecure/contracts';
import { assertAbsent } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { TenantPolicyRecord } from '../record/tenant-policy.entity.js';

/**
 * Reads a tenant that is not disabled, with the policy in force. If the transaction holds the tenant's fence, the tenant stays
 * as it is until the transaction ends.
 * @throws AnkaError `tenant-unknown`, `tenant-disabled`; `record-outdated` if the tenant's record is missing
 */
export const enabledTenant = async (manager: EntityManager, tenantId: string): Promise<TenantPolicyRecord> => {
  const held = await manager.findOneBy(TenantPolicyRecord, { tenantId });
  if (held === null) {
    await assertAbsent(manager, TenantPolicyRecord, { tenantId });
    throw new AnkaError('tenant-unknown', 'No policy is in force for this tenant on this partition');
  }
  if (held.disabledAt !== null) throw new AnkaError('tenant-disabled', disabledTenant);
  return held;
};
