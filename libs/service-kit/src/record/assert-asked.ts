import type { EntityManager } from 'typeorm';
import { sealsOf } from './change-record.js';

/**
 * Checks that a record is the one that was asked for. The owner of the database decides what a query returns, and can return
 * another record whose seal is genuine.
 * @throws AnkaError `record-forged`
 */
export const assertAsked = <Row extends object>(manager: EntityManager, row: Row, asked: Partial<Row>): void => {
  const names = Object.keys(asked) as (keyof Row)[];
  if (names.some((name) => asked[name] !== undefined && row[name] !== asked[name]))
    throw sealsOf(manager).reject(manager, row, 'forged');
};
