import { monotonicNow } from '@ankasecure/contracts';
import { EntityManager, type QueryRunner } from 'typeorm';
import { clockOf } from '../clock/clock-of.js';
import { beginningOf } from './tenant.js';

/**
 * The time at which the transaction began, by the database's clock, in whole milliseconds. The database is not believed: its
 * time must agree with this process's clock, with the time since the transaction began allowed for.
 * @throws AnkaError `clock-skew`
 */
export const transactionTime = async (within: EntityManager | QueryRunner): Promise<Date> => {
  const [row] = (await within.query('SELECT pg_catalog.now() AS now')) as { now: Date }[];
  if (row === undefined) throw new TypeError('the database did not tell the time');
  const runner = within instanceof EntityManager ? within.queryRunner : within;
  const beginning = runner && beginningOf(runner);
  // Of a transaction without a known beginning, only a time in the future is noticed.
  const { asked, answered } = beginning ?? { asked: Number.NEGATIVE_INFINITY, answered: monotonicNow() };
  clockOf(within.dataSource).assertTransaction({ said: row.now.getTime(), asked, answered });
  return row.now;
};
