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
  const [row] = (await within.query('SELECT pg_catalog.now() AS now')) as { now: unknown }[];
  if (row === undefined) throw new TypeError('the database did not tell the time');
  const runner = within instanceof EntityManager ? within.queryRunner : within;
  const beginning = runner && beginningOf(runner);
  // Of a transaction without a known beginning, only a time in the future is noticed.
  const { asked, answered } = beginning ?? { asked: Number.NEGATIVE_INFINITY, answered: monotonicNow() };
  // PostgreSQL knows infinite dates, and years that a Date does not. Neither is a time.
  const now = row.now instanceof Date ? row.now : new Date(Number.NaN);
  clockOf(within.dataSource).assertTransaction({ said: now.getTime(), asked, answered });
  return now;
};
