import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { DatabaseConfig } from '../config/section.js';
import { asAnkaError } from '../failure/as-anka-error.js';
import { sentenceOf } from '../failure/sentence.js';
import type { Logger } from '../logging/logger.js';
import { StartFailure } from '../start/exit-code.js';
import { ComparingDataSource } from './comparing-data-source.js';

/** The pause between two attempts, in milliseconds. */
const pauseMs = 500;

/**
 * Connects to the database, and waits for one that cannot be reached yet.
 * @throws StartFailure for a failure that does not pass by itself, such as a refused password, or when the patience ends
 */
export const connectPatiently = async (
  options: DataSourceOptions,
  { host, port, name }: DatabaseConfig,
  patienceMs: number,
  log: Logger,
): Promise<DataSource> => {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await new ComparingDataSource(options).initialize();
    } catch (error) {
      const reason = sentenceOf(error);
      if (!asAnkaError(error).retryable || performance.now() > end)
        throw new StartFailure('database', `the database ${name} at ${host}:${port} cannot be used: ${reason}`, {
          cause: error,
        });
      log.warn({ reason }, 'the database cannot be reached; trying again');
      await delay(pauseMs);
    }
  }
};
