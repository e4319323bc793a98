import type { ValueTransformer } from 'typeorm';

/** Reads a record's revision, a bigint column, as a number. A counter stays below 2⁵³. */
export const recordRevision: ValueTransformer = {
  from: (stored: string | null): number | null => (stored === null ? null : Number(stored)),
  to: (value: unknown): unknown => value,
};
