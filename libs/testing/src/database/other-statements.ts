import type { DataSource } from 'typeorm';

/**
 * TEST ONLY. Whoever owns a database decides what it answers. While `work` runs, the database answers other statements than the
 * service sends: those that `instead` returns.
 */
export const withOtherStatements = async <Result>(
  dataSource: DataSource,
  instead: (statement: string) => string,
  work: () => Promise<Result>,
): Promise<Result> => {
  const create = dataSource.createQueryRunner;
  dataSource.createQueryRunner = function (this: DataSource, ...mode) {
    const runner = create.apply(this, mode);
    const { query } = runner;
    runner.query = (statement: string, ...rest: never[]) => query.call(runner, instead(statement), ...rest);
    return runner;
  };
  try {
    return await work();
  } finally {
    dataSource.createQueryRunner = create;
  }
};
