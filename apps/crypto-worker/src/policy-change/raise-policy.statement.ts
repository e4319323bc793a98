import type { PolicyDocument } from '@ankasecure/policy-rules';
import type { EntityManager } from 'typeorm';

/** Writes the enforced copy of a tenant's policy, unless the revision in force is as new. The fence holds it against outcomes. */
export const raisePolicy = async (
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
