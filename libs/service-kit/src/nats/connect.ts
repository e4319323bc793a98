import { setTimeout as delay } from 'node:timers/promises';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { sentenceOf } from '../failure/sentence.js';
import type { Logger } from '../logging/logger.js';
import { StartFailure } from '../start/exit-code.js';

/** The pause between two attempts, and the longest that one takes, in milliseconds. */
const [pauseMs, timeout] = [250, 5_000];

/** Says what the other end did, where the client only says that the connection failed. */
const reasonOf = (error: unknown): string => {
  const { cause } = error as Error;
  return cause instanceof Error ? `${sentenceOf(error)} (${sentenceOf(cause)})` : sentenceOf(error);
};

/**
 * Connects to the bus, and waits for one that cannot be reached or refuses the connection: its configuration may follow.
 * @throws StartFailure when the patience ends
 */
export const connectPatiently = async (
  options: NodeConnectionOptions,
  servers: readonly string[],
  patienceMs: number,
  log: Logger,
): Promise<NatsConnection> => {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connect({ timeout, ...options });
    } catch (error) {
      const reason = reasonOf(error);
      if (performance.now() > end)
        throw new StartFailure('bus', `the message bus ${servers.join(', ')} cannot be used: ${reason}`, {
          cause: error,
        });
      log.warn({ reason }, 'the message bus cannot be reached; trying again');
      await delay(pauseMs);
    }
  }
};
