import { z } from 'zod';

/** Text for people: well-formed UTF-16, no control characters, no white space at the ends. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed(), 'well-formed Unicode is expected')
    .refine((value) => !/\p{Cc}/u.test(value), 'control characters are not allowed')
    .refine((value) => value.trim() === value, 'no white space at the ends');
