import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { DatabaseConfig } from '../config/section.js';
import { asAnkaError } from '../failure/as-anka-error.js';
import { sentenceOf } from '../failure/sentence.js';
import type { Logger } from '../logging/logger.js';
import { ComparingDataSource } from './comparing-data-source.js';
import { databaseFailure, NoTables } from './fault/database-fault.js';
import { assertOwnTables } from './fault/own-tables.sql.js';

/** The pause between two attempts, in milliseconds. */
const pauseMs = 500;

/** Connects, and looks whether the database is the service's own. */
const open = async (options: DataSourceOptions): Promise<DataSource> => {
  const dataSource = await new ComparingDataSource(options).initialize();
  try {
    await assertOwnTables(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
};

/** A migration may be running. */
const mayPass = (error: unknown): boolean => error instanceof NoTables || asAnkaError(error).retryable;

/**
 * Connects to the database, and waits for one that cannot be reached yet or is not migrated yet.
 * @throws StartFailure for a failure that does not pass by itself, such as a refused password, or when the patience ends
 */
export const connectPatiently = async (
  options: DataSourceOptions,
  config: DatabaseConfig,
  patienceMs: number,
  log: Logger,
): Promise<DataSource> => {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await open(options);
    } catch (error) {
      if (!mayPass(error) || performance.now() > end) throw databaseFailure(config, error);
      log.warn({ reason: sentenceOf(error) }, 'the database cannot be used; trying again');
      await delay(pauseMs);
    }
  }
};
