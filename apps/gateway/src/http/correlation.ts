import type { IncomingMessage } from 'node:http';
import { newId } from '@ankasecure/contracts';

export const correlationHeader = 'x-correlation-id';
const acceptable = /^[A-Za-z0-9_.-]{1,64}$/;

/** The caller's correlation id if it is valid, otherwise a new one. It becomes Fastify's request id. */
export const correlationOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
  const given = headers[correlationHeader];
  return typeof given === 'string' && acceptable.test(given) ? given : newId();
};
