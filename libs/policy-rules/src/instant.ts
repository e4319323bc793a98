import { z } from 'zod';

/** A moment in UTC, to the nanosecond at most, after the year 0: what PostgreSQL keeps too. */
export const instant = z.iso
  .datetime({ offset: false, error: 'a time in UTC is expected, as 2026-01-31T12:00:00Z' })
  .refine(
    (value) => value.length <= 30 && !value.startsWith('0000'),
    'a time after the year 0, to the nanosecond at most',
  );
