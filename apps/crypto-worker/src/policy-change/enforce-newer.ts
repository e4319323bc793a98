import type { PolicyDocument } from '@ankasecure/policy-rules';
import { changeRecord, transactionTime } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { TenantPolicyRecord } from '../policy/tenant-policy.entity.js';

/**
 * Enforces a document if the tenant has none or an older revision. It takes the tenant's fence, so it waits for outcomes
 * under way.
 * @throws AnkaError `record-forged` if the policy on record is not one that a worker wrote
 */
export const enforceNewer = async (
  manager: EntityManager,
  tenantId: string,
  revision: number,
  document: PolicyDocument,
): Promise<void> => {
  await holdFence(manager, tenantId);
  const held = await manager.findOneBy(TenantPolicyRecord, { tenantId });
  if (held === null) await manager.insert(TenantPolicyRecord, { tenantId, revision, document });
  else if (held.revision < revision)
    await changeRecord(manager, held, { revision, document, appliedAt: await transactionTime(manager) });
};
