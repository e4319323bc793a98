import { z } from 'zod';

/** A time in UTC after the year 0, with at most nanoseconds, as PostgreSQL can store it. */
export const instant = z.iso
  .datetime({ offset: false, error: 'must be a time in UTC, such as 2026-01-31T12:00:00Z' })
  .refine(
    (value) => value.length <= 30 && !value.startsWith('0000'),
    'must be a time after the year 0, with at most nanoseconds',
  );
