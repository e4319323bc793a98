/**
 * Milliseconds of the machine's monotonic clock, the same in every thread of the process. It has no date and never jumps,
 * whatever happens to the date. Deadlines are moments of this clock, so they mean nothing to another process.
 */
export const monotonicNow = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1_000_000;
};
