import type { applyPolicy } from '@ankasecure/contracts';
import { assertAbsent, changeRecord, transactionTime } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';

type EnforcedCopy = z.infer<typeof applyPolicy.reply>;

/** A policy on record, in the form that other services know. */
export const enforcedCopy = ({ revision, document, disabledAt }: TenantPolicyRecord): EnforcedCopy => ({
  revision,
  document,
  disabled: disabledAt !== null,
});

/**
 * Enforces a document if the tenant has none or an older revision. It takes the tenant's fence, so it waits for outcomes
 * under way.
 * @returns the record in force afterwards, and whether this call changed it
 * @throws AnkaError `record-forged` if the policy on record is not one that a worker wrote, `record-outdated` if it is missing
 */
export const enforceNewer = async (
  manager: EntityManager,
  tenantId: string,
  { revision, document, disabled }: z.infer<typeof applyPolicy.request>,
): Promise<{ readonly enforced: TenantPolicyRecord; readonly changed: boolean }> => {
  await holdFence(manager, tenantId);
  const held = await manager.findOneBy(TenantPolicyRecord, { tenantId });
  if (held !== null && held.revision >= revision) return { enforced: held, changed: false };
  // Without this check, a deleted record would let an older policy be enforced in its place.
  if (held === null) await assertAbsent(manager, TenantPolicyRecord, { tenantId });
  const appliedAt = await transactionTime(manager);
  const disabledAt = disabled ? (held?.disabledAt ?? appliedAt) : null;
  if (held === null) await manager.insert(TenantPolicyRecord, { tenantId, revision, document, disabledAt });
  else {
    const enabledAt = held.disabledAt !== null && !disabled ? appliedAt : held.enabledAt;
    await changeRecord(manager, held, { revision, document, appliedAt, disabledAt, enabledAt });
  }
  return { enforced: held ?? (await manager.findOneByOrFail(TenantPolicyRecord, { tenantId })), changed: true };
};
