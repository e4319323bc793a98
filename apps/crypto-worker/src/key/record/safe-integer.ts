import type { ValueTransformer } from 'typeorm';

/** A `bigint` column whose values a number holds exactly. PostgreSQL's driver passes it as text. */
export const safeInteger: ValueTransformer = {
  from: (stored: string | null): number | null => (stored === null ? null : Number(stored)),
  to: (value: unknown): unknown => value,
};
