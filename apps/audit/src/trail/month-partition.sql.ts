import type { DataSource } from 'typeorm';

/** Creates the missing partitions of this month (UTC) and of `monthsAhead` more. @returns how many were missing */
export const makeMonthPartitions = async (dataSource: DataSource, monthsAhead: number): Promise<number> => {
  const [row] = await dataSource.query<{ made: number }[]>('SELECT make_month_partitions($1) AS made', [monthsAhead]);
  return row?.made ?? 0;
};
