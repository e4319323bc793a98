import type { EntityManager } from 'typeorm';

/** SQL for the database's time now, in milliseconds since the epoch. */
export const nowInMs = 'extract(epoch FROM pg_catalog.clock_timestamp())::float8 * 1000::float8';

/** Asks the database for the time, in milliseconds since the epoch. Its answer may be no time: see `Reading`. */
export const databaseTime = async (manager: EntityManager): Promise<number> => {
  const [row] = await manager.query<[{ now: number }]>(`SELECT ${nowInMs} AS now`);
  return row.now;
};
