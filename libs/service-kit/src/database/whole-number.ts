import type { ValueTransformer } from 'typeorm';

/**
 * Reads a bigint column as a number, which the driver passes as text. Counters, revisions and microseconds stay below 2⁵³.
 */
export const wholeNumber: ValueTransformer = {
  from: (stored: string | null): number | null => (stored === null ? null : Number(stored)),
  to: (value: unknown): unknown => value,
};
