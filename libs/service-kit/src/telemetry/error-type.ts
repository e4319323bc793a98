import { AnkaError, type ErrorCode, errors } from '@ankasecure/contracts';

/** The first status of a fault of the platform. Lower ones refuse what the caller asked for, and a refusal is no error of a span. */
const firstFault = 500;

export const isFault = (code: ErrorCode): boolean => errors[code].status >= firstFault;

/** The `error.type` of a span, by the OpenTelemetry conventions: the error's code or class. Undefined for a refusal. */
export const errorTypeOf = (error: unknown): string | undefined => {
  if (error instanceof AnkaError) return isFault(error.code) ? error.code : undefined;
  return error instanceof Error ? error.name : 'unknown';
};
