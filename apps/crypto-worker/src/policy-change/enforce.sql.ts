import type { EntityManager } from 'typeorm';
import type { TenantPolicyRecord } from '../policy/tenant-policy.entity.js';

/**
 * Enforces a document if the tenant has none or an older revision. The table's trigger takes the tenant's fence, so the
 * statement waits for outcomes under way.
 */
export const enforceNewer = async (
  manager: EntityManager,
  tenantId: string,
  revision: number,
  { document, disabled }: Pick<TenantPolicyRecord, 'document' | 'disabled'>,
): Promise<void> => {
  await manager.query(
    `INSERT INTO tenant_policy AS held (tenant_id, revision, document, disabled) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id) DO UPDATE SET revision = excluded.revision, document = excluded.document,
       disabled = excluded.disabled, applied_at = now(),
       enabled_at = CASE WHEN held.disabled AND NOT excluded.disabled THEN now() ELSE held.enabled_at END
     WHERE held.revision < excluded.revision`,
    [tenantId, revision, JSON.stringify(document), disabled],
  );
};
