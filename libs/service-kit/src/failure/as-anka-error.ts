import { AnkaError } from '@ankasecure/contracts';

/** Codes of transient failures: prefixes of whole SQLSTATE classes, and single codes in full. */
const transientCodes: readonly string[] = [
  // PostgreSQL: connection lost, out of resources, shutting down or starting (57P05: idle too long), system error.
  '08',
  '53',
  '57P0',
  '58',
  // A standby after a failover (25006); a transaction idle or open too long (25P03, 25P04); a serialization failure; a
  // deadlock; a lock time-out (55P03); a statement that timed out or was cancelled (57014).
  '25006',
  '25P03',
  '25P04',
  '40001',
  '40P01',
  '55P03',
  '57014',
  // Sockets and name resolution.
  'ECONN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
];

/** Messages of pg, its pool and TypeORM that carry no code: the connection is lost, cannot be made, or does not answer. */
const transientMessages: readonly string[] = [
  'connection terminated',
  'connection ended',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'query read timeout',
  'client has encountered a connection error',
  'client was closed and is not queryable',
  'cannot use a pool after calling end',
  'query runner already released',
  'query runner was already released',
  'driver not connected',
];

const isTransient = ({ code, message }: { code?: unknown; message?: unknown }): boolean => {
  if (typeof code === 'string' && transientCodes.some((start) => code.startsWith(start))) return true;
  const said = typeof message === 'string' ? message.toLowerCase() : '';
  return transientMessages.some((part) => said.includes(part));
};

/** Turns a thrown value into an error that a caller may see. An unreachable database is `service-unavailable`, anything unknown is `internal-error`. */
export const asAnkaError = (error: unknown): AnkaError => {
  if (error instanceof AnkaError) return error;
  if (isTransient(Object(error) as object))
    return new AnkaError('service-unavailable', 'The database does not answer. Try again.', { cause: error });
  return new AnkaError('internal-error', undefined, { cause: error });
};
