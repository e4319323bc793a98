/** A number from 0 to below 1. */
export type Random = () => number;

const firstMs = 1_000;
const mostMs = 300_000;
/** A receiver that asks for more is asked again after this time. */
const mostAskedMs = 3_600_000;
/** No attempt follows a failure at once. */
const leastMs = 100;

/**
 * The wait before the next attempt, in milliseconds: a random part of a time that begins with a second and doubles with each failure
 * up to five minutes (full jitter), or the time that the receiver asks for, if that is longer.
 * @param failures before this one
 */
export const retryDelayMs = (failures: number, retryAfterMs: number | undefined, random: Random): number => {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(failures, 20));
  const jittered = leastMs + random() * (ceiling - leastMs);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, mostAskedMs)));
};
