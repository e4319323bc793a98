import type { EntityManager } from 'typeorm';

/** Locks a tenant's records of one kind. Their number and names cannot change until the transaction ends. */
export const lockTenant = async (
  manager: EntityManager,
  kind: 'approvals' | 'exclusions' | 'issuers' | 'service-accounts' | 'token-keys',
  tenantId: string,
): Promise<void> => {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1 || ':' || $2, 0))`, [kind, tenantId]);
};
