import type { PolicyDocument } from '@ankasecure/policy-rules';
import type { EntityManager } from 'typeorm';

/**
 * Enforces a document if the tenant has none or an older revision. The table's trigger takes the tenant's fence, so the
 * statement waits for outcomes under way.
 */
export const enforceNewer = async (
  manager: EntityManager,
  tenantId: string,
  revision: number,
  document: PolicyDocument,
): Promise<void> => {
  await manager.query(
    `INSERT INTO tenant_policy AS held (tenant_id, revision, document) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id) DO UPDATE SET revision = excluded.revision, document = excluded.document, applied_at = now()
     WHERE held.revision < excluded.revision`,
    [tenantId, revision, JSON.stringify(document)],
  );
};
