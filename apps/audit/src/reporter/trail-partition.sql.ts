import type { EntityManager } from 'typeorm';

/** The HSM partition whose workers sealed the tenant's last changes of records; undefined if the trail names none. */
export const partitionOfTrail = async (manager: EntityManager, tenantId: string): Promise<string | undefined> => {
  const [row] = await manager.query<{ partition: string }[]>(
    `SELECT partition FROM record_position WHERE tenant_id = $1 ORDER BY owner = 'crypto-worker' DESC, owner LIMIT 1`,
    [tenantId],
  );
  return row?.partition;
};
