import type { EntityManager } from 'typeorm';

/** Removes some of the expired assertions of every tenant. The function runs as its owner, past row-level security. @returns how many */
export const removeExpiredAssertions = async (manager: EntityManager): Promise<number> => {
  const [row] = await manager.query<{ removed: number }[]>('SELECT remove_expired_assertions() AS removed');
  return row?.removed ?? 0;
};
