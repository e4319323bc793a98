import type { EntityManager } from 'typeorm';
import type { Tenant } from '../tenant/tenant.entity.js';

/** Keeps other transactions from storing a tenant of the same slug or id until this one ends. All take the locks in one order. */
export const lockNames = async (manager: EntityManager, { id, slug }: Pick<Tenant, 'id' | 'slug'>): Promise<void> => {
  for (const name of [`tenant-slug:${slug}`, `tenant-id:${id}`])
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
};
