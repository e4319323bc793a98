import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { asAnkaError } from '../failure/as-anka-error.js';
import type { Logger } from '../logging/logger.js';

/** The pause between two attempts, in milliseconds. */
const pauseMs = 500;

/**
 * Connects to the database, and waits for one that cannot be reached yet.
 * @throws Error for a failure that does not pass by itself, such as a refused password
 */
export const connectPatiently = async (options: DataSourceOptions, log: Logger): Promise<DataSource> => {
  for (;;) {
    try {
      return await new DataSource(options).initialize();
    } catch (error) {
      if (!asAnkaError(error).retryable) throw error;
      log.warn({ reason: (error as Error).message }, 'the database cannot be reached; trying again');
      await delay(pauseMs);
    }
  }
};
