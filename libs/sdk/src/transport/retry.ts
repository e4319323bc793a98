import { AnkaSecureError } from '../error/anka-secure-error.js';

/**
 * What a second run of an operation does, if the first one was carried out and its answer was lost. `harmless`: nothing new, as of
 * a read, a replacement or a signature. `keyed`: nothing, because the Idempotency-Key is the same. `once`: it would be a second
 * effect.
 */
export type Repetition = 'harmless' | 'keyed' | 'once';

export interface RetryOptions {
  /** How often a call is tried in all. Default: 4. */
  readonly attempts?: number;
  /** The longest pause before the second attempt, in milliseconds; it doubles with each further one. Default: 100. */
  readonly baseMs?: number;
  /** The longest of all pauses, in milliseconds. Default: 5,000. A longer Retry-After is obeyed nevertheless. */
  readonly maxMs?: number;
}

export type RetryRule = Required<RetryOptions>;

export const retryRule = (options: RetryOptions = {}): RetryRule => ({
  attempts: options.attempts ?? 4,
  baseMs: options.baseMs ?? 100,
  maxMs: options.maxMs ?? 5000,
});

/** Statuses below are refusals, and a refused request has changed nothing. */
const leastFailure = 500;

/** Whether another attempt may succeed and cannot do harm. */
export const mayRepeat = (error: unknown, repetition: Repetition): error is AnkaSecureError => {
  if (!(error instanceof AnkaSecureError) || !error.retryable) return false;
  return repetition !== 'once' || (error.status !== undefined && error.status < leastFailure);
};

/**
 * The pause before the next attempt in milliseconds: full jitter, so that callers who failed together do not return together; on
 * top of Retry-After, which is never cut short.
 * @param attempt how many attempts there were
 */
export const pauseOf = (
  attempt: number,
  { baseMs, maxMs }: RetryRule,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number => retryAfterMs + random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1));
