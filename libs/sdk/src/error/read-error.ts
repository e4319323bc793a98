import type { AnkaSecureError, ErrorParts, Problem } from './anka-secure-error.js';
import { AuthenticationError, ConnectionError, errorOf } from './families.js';

/** An answer whose body has been read. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';

/** The answer of a token endpoint (RFC 6749 §5.2). */
const isOAuthError = (value: unknown): value is { error: string; error_description?: string } =>
  typeof value === 'object' && value !== null && 'error' in value && typeof value.error === 'string';

/** In milliseconds. The platform sends seconds (RFC 9110 §10.2.3); a date, which only proxies send, is not read. */
const retryAfterOf = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after');
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
};

/** The statuses by which a proxy says that it did not reach the platform. */
const fromProxy = [502, 503, 504];

/** The error that an answer other than 2xx means. */
export const readError = ({ status, headers, text }: ReadAnswer): AnkaSecureError => {
  const body = parsed(text);
  const correlationId = headers.get('x-correlation-id') ?? undefined;
  const retryAfterMs = retryAfterOf(headers);
  if (isProblem(body)) return errorOf({ ...body, status }, { correlationId, retryAfterMs });
  if (isOAuthError(body))
    return new AuthenticationError('credential-refused', `${body.error}: ${body.error_description ?? ''}`, {
      status,
      correlationId,
    });
  return unreadable(status, { correlationId, retryAfterMs, retryable: fromProxy.includes(status) });
};

const unreadable = (status: number, parts: ErrorParts = {}): ConnectionError =>
  new ConnectionError(
    'answer-unreadable',
    `The answer (${status}) is not one of AnkaSecure. Check the base URL and the proxies before it.`,
    { status, ...parts },
  );

/** The JSON of an answer of 2xx. @throws ConnectionError `answer-unreadable`, which quotes nothing of the answer */
export const readJson = ({ status, headers, text }: ReadAnswer): unknown => {
  const value = parsed(text);
  if (value === undefined) throw unreadable(status, { correlationId: headers.get('x-correlation-id') ?? undefined });
  return value;
};
