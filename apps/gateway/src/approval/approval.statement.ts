import type { EntityManager } from 'typeorm';
import { isOver } from './approval.entity.js';

/** Counts the pending requests of the tenant and of one person, by the database's clock. */
export const countPending = async (
  manager: EntityManager,
  tenantId: string,
  person: string,
): Promise<{ readonly ofTenant: number; readonly ofPerson: number }> => {
  const [row] = await manager.query<{ tenant: string; person: string }[]>(
    `SELECT count(*) AS tenant, count(*) FILTER (WHERE requested_by = $2) AS person
     FROM approval WHERE tenant_id = $1 AND state = 'pending' AND NOT ${isOver('approval')}`,
    [tenantId, person],
  );
  return { ofTenant: Number(row?.tenant), ofPerson: Number(row?.person) };
};

/** Removes some of the requests that ended 30 days ago or earlier, of every tenant. @returns how many */
export const removeOld = async (manager: EntityManager): Promise<number> => {
  const [row] = await manager.query<{ removed: number }[]>('SELECT remove_old_approvals() AS removed');
  return row?.removed ?? 0;
};
