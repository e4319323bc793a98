import type { IncomingHttpHeaders } from 'node:http';
import { AnkaError } from '@ankasecure/contracts';

const visible = /^[\x21-\x7e]{1,255}$/;

/**
 * Reads the value of an Idempotency-Key header unchanged. Quotes are part of it.
 * @throws AnkaError `request-invalid`
 */
export const idempotencyKeyOf = (header: string | string[] | undefined): string | undefined => {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && visible.test(header)) return header;
  throw new AnkaError('request-invalid', 'Idempotency-Key: must be 1 to 255 visible ASCII characters without spaces');
};

/**
 * Refuses a key that would have no effect, so that nobody relies on it.
 * @throws AnkaError `request-invalid`
 */
export const assertNoKey = ({ 'idempotency-key': key }: IncomingHttpHeaders): void => {
  if (key !== undefined)
    throw new AnkaError('request-invalid', 'Idempotency-Key: this route takes none. Send the request without it.');
};
