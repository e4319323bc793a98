const dayMicros = 86_400_000_000;

/** Whether this is the id of a key of one UTC day: `<generation>.<YYYY-MM-DD>`. */
export const isDayKeyId = (macKeyId: string): boolean => /^[1-9]\d{0,5}\.\d{4}-\d{2}-\d{2}$/.test(macKeyId);

/**
 * Whether a row sealed at `sealedAt` (microseconds since the epoch) can bear MACs of this key. `<generation>.<YYYY-MM-DD>` is
 * a key of that UTC day. It fits that day and the adjacent days, because a MAC is made before the row is sealed and clocks
 * differ. A key without a day (`<generation>.hsm`) fits any time.
 */
export const fitsMacDay = (macKeyId: string, sealedAt: number): boolean => {
  const [, day] = /\.(\d{4}-\d{2}-\d{2})$/.exec(macKeyId) ?? [];
  if (day === undefined) return true;
  const daysApart = Math.floor(sealedAt / dayMicros) - (Date.parse(day) * 1000) / dayMicros;
  return Math.abs(daysApart) <= 1;
};
