import { expect, it } from 'vitest';
import { z } from 'zod';
import { inDigits, pageLimit } from './primitive.js';

const faultsOf = (schema: z.ZodType, value: unknown): readonly string[] =>
  schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

it.each(['201', '99999999999', '9'.repeat(40), '9'.repeat(400)])('the limit %s is told its bound', (text) => {
  const faults = faultsOf(pageLimit, text);
  expect(faults.at(-1)).toMatch(/<=200$/);
  expect(faults.join()).not.toMatch(/string/);
});

it.each(['', ' ', 'ten', '0x1', '1e2', '-1', '+1', '1.5', ' 1', '١'])(
  'the limit %j is told that it is no number',
  (text) => expect(faultsOf(pageLimit, text)).toEqual(['must be a whole number in decimal digits']),
);

it('digits are a number, and nothing is the default', () => {
  expect(pageLimit.parse('007')).toBe(7);
  expect(pageLimit.parse(undefined)).toBe(50);
  expect(inDigits(z.number().optional()).parse(undefined)).toBeUndefined();
});
