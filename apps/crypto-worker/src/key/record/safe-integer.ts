import type { ValueTransformer } from 'typeorm';

/** Maps a `bigint` column to a number that holds its values exactly. PostgreSQL's driver passes text. */
export const safeInteger: ValueTransformer = {
  from: (stored: string | null): number | null => (stored === null ? null : Number(stored)),
  to: (value: unknown): unknown => value,
};
