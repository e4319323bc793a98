/** Microseconds since the epoch as an ISO 8601 instant with six decimals. */
export const instantOf = (micros: number): string => {
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, -'.000Z'.length);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, '0')}Z`;
};

/** Microseconds since the epoch of an ISO 8601 instant in UTC; decimals beyond the sixth are cut off. */
export const microsOf = (instant: string): number => {
  const [, whole = instant, fraction = ''] = /^(.+?)(?:\.(\d+))?Z$/.exec(instant) ?? [];
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
};
