import { z } from 'zod';

const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?([+-]\d{2}:\d{2})$/;

/** The same time in UTC, with every digit of the second. A text of another form stays as it is. */
const inUtc = (text: string): string => {
  const [, seconds, fraction = '', offset] = parts.exec(text) ?? [];
  if (seconds === undefined || offset === undefined) return text;
  const millis = Date.parse(`${seconds}${offset}`);
  return Number.isNaN(millis) ? text : new Date(millis).toISOString().replace('.000Z', `${fraction}Z`);
};

/**
 * A time of RFC 3339, with any offset, as PostgreSQL can store it: after the year 0 and before 10000, with at most nanoseconds.
 * It is written in UTC from here on, so that equal times have one text.
 */
export const instant = z
  .string()
  .overwrite((text) => text.toUpperCase())
  .check(
    z.iso.datetime({
      offset: true,
      abort: true,
      error:
        'must be a time (RFC 3339), such as 2026-01-31T12:00:00Z or 2026-01-31T14:00:00+02:00 (in a URL, write + as %2B)',
    }),
  )
  .overwrite(inUtc)
  .refine(
    (value) => /^(?!0000)\d{4}-[^.]+(\.\d{1,9})?Z$/.test(value),
    'must be a time after the year 0 and before 10000, with at most nanoseconds',
  );
