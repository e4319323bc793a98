import type { EntityManager, QueryRunner } from 'typeorm';

/** The time at which the transaction began, by the database's clock, in whole milliseconds. */
export const transactionTime = async (within: Pick<EntityManager | QueryRunner, 'query'>): Promise<Date> => {
  const [row] = (await within.query('SELECT now() AS now')) as { now: Date }[];
  if (row === undefined) throw new TypeError('the database did not tell the time');
  return row.now;
};
