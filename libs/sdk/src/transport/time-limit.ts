import { TimeoutError } from '../error/families.js';

/** The time that a call has, with all its attempts and the token that it needs. */
export interface TimeLimit {
  /** Aborted when the time is over, with a TimeoutError as its reason, or by the caller. */
  readonly signal: AbortSignal;
  /** How much is left, in milliseconds. */
  left(): number;
  /** Ends the clock. */
  end(): void;
}

/** @param timeoutMs from now */
export const timeLimit = (timeoutMs: number, signal?: AbortSignal): TimeLimit => {
  const until = performance.now() + timeoutMs;
  const clock = new AbortController();
  const over = (): void =>
    clock.abort(new TimeoutError('timed-out', `The call did not end within ${timeoutMs} ms.`, { retryable: true }));
  const timer = setTimeout(over, Math.min(timeoutMs, 2 ** 31 - 1));
  return {
    signal: signal === undefined ? clock.signal : AbortSignal.any([signal, clock.signal]),
    left: () => until - performance.now(),
    end: () => clearTimeout(timer),
  };
};
