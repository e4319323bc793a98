import { AnkaError } from '@ankasecure/contracts';

/** PostgreSQL and socket codes that mean: not now, rather than: wrong. */
const away = /^(?:08|53|57P0|58|25006|40001|40P01|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/;
const awayMessage =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|connection ended/i;

/** Whatever was thrown, as an error a caller may see; a database that cannot be reached is `service-unavailable`, the rest `internal-error`. */
export const asAnkaError = (error: unknown): AnkaError => {
  if (error instanceof AnkaError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if ((typeof code === 'string' && away.test(code)) || (typeof message === 'string' && awayMessage.test(message)))
    return new AnkaError('service-unavailable', 'The database does not answer now', { cause: error });
  return new AnkaError('internal-error', undefined, { cause: error });
};
