import { z } from 'zod';

/** Text for people: well-formed UTF-16, no control characters, no white space at the ends. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .refine((value) => !/\p{Cc}/u.test(value), 'must not contain control characters')
    .refine((value) => value.trim() === value, 'must not begin or end with white space');
