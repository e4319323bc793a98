import type { EntityMetadata, QueryRunner } from 'typeorm';
import { transactionTime } from '../database/transaction-time.sql.js';

/**
 * Sets the columns of a new row that its writer left to the database, so that the seal binds what will be stored. The one
 * default that is computed is the transaction's time; it is kept in whole milliseconds.
 */
export const completeRow = async (row: object, { columns }: EntityMetadata, runner: QueryRunner): Promise<void> => {
  const left = columns.filter((column) => column.getEntityValue(row) === undefined);
  const isComputed = ({ default: value }: (typeof left)[number]): boolean => typeof value === 'function';
  const now = left.some(isComputed) ? await transactionTime(runner) : null;
  for (const column of left) {
    const value: unknown = isComputed(column) ? now : column.default;
    if (value !== undefined || column.isNullable) column.setEntityValue(row, value ?? null);
  }
};
