import { setTimeout as delay } from 'node:timers/promises';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { ServiceConfig } from '../config/section.js';
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

/** The codes of a certificate whose authority is not the one that is trusted. Waiting does not help. */
const untrusted: readonly string[] = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
];

const isUntrusted = (error: unknown): boolean => {
  const { code = '', cause } = (error ?? {}) as NodeJS.ErrnoException;
  return untrusted.includes(code) || (cause !== undefined && isUntrusted(cause));
};

/** The servers of the bus, and the file with their authority. */
type Bus = Pick<ServiceConfig['nats'], 'servers' | 'caFile'>;

/**
 * Connects to the bus, and waits for one that cannot be reached or refuses the connection: its configuration may follow.
 * @throws StartFailure for a certificate of another authority, or when the patience ends
 */
export const connectPatiently = async (
  client: NodeConnectionOptions,
  { servers, caFile }: Bus,
  patienceMs: number,
  log: Logger,
): Promise<NatsConnection> => {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connect({ timeout, ...client });
    } catch (error) {
      const bus = `the message bus ${servers.join(', ')}`;
      const options = { cause: error };
      if (isUntrusted(error))
        throw new StartFailure(
          'bus',
          `the certificate of ${bus} is not of the CA in ${caFile} (nats.ca-file)`,
          options,
        );
      const reason = reasonOf(error);
      if (performance.now() > end) throw new StartFailure('bus', `${bus} cannot be used: ${reason}`, options);
      log.warn({ reason }, 'the message bus cannot be reached; trying again');
      await delay(pauseMs);
    }
  }
};
