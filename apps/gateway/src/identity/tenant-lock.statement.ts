import type { EntityManager } from 'typeorm';

/** Locks what a tenant has of one kind: its count and names stay true until the transaction ends. */
export const lockTenant = async (
  manager: EntityManager,
  kind: 'approvals' | 'issuers' | 'service-accounts',
  tenantId: string,
): Promise<void> => {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1 || ':' || $2, 0))`, [kind, tenantId]);
};
