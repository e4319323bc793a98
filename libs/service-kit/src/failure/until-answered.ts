import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError } from '@ankasecure/contracts';
import type { Logger } from '../logging/logger.js';

/** The pause between two attempts, in milliseconds. */
const pauseMs = 1_000;

/**
 * Repeats work at start-up until the part that it asks answers.
 * @param failed the log's words for an attempt that found no answer
 * @throws what the work throws and does not pass by itself
 */
export const untilAnswered = async (work: () => Promise<void>, log: Logger, failed: string): Promise<void> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AnkaError && error.retryable)) throw error;
      log.warn({ reason: error.message }, `${failed}; trying again`);
      await delay(pauseMs);
    }
  }
};
