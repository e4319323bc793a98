import { setTimeout as delay } from 'node:timers/promises';

/**
 * Tries until `check` neither throws nor gives undefined or false, every few milliseconds.
 * @throws what the last try threw, or an Error, when `withinMs` pass: a bound that only a failure reaches
 */
export const eventually = async <Value>(
  what: string,
  check: () => Promise<Value | undefined | false> | Value | undefined | false,
  withinMs = 30_000,
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
