import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats `check` every few milliseconds until it neither throws nor returns undefined or false.
 * @throws the error of the last attempt, or an Error, if `withinMs` pass: a limit that only a failure reaches
 */
export const eventually = async <Value>(
  what: string,
  check: () => Promise<Value | undefined | false> | Value | undefined | false,
  withinMs = 300_000,
): Promise<Value> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) {
      const last = failure instanceof Error ? `: ${failure.message}` : '';
      throw new Error(`${what} did not happen within ${withinMs / 1000} s${last}`, { cause: failure });
    }
    await delay(25);
  }
};
