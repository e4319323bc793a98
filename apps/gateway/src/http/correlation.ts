import type { IncomingMessage } from 'node:http';
import { newId } from '@ankasecure/contracts';

export const correlationHeader = 'x-correlation-id';
/** The name that proxies and frameworks give the same. It is answered to a caller who sent it. */
export const requestIdHeader = 'x-request-id';
const acceptable = /^[A-Za-z0-9_.-]{1,64}$/;

/** The caller's correlation id if it is valid, or else their request id, or else a new one. It becomes Fastify's request id. */
export const correlationOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string =>
  [headers[correlationHeader], headers[requestIdHeader]].find(
    (given): given is string => typeof given === 'string' && acceptable.test(given),
  ) ?? newId();
