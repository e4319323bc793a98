import { expect, it } from 'vitest';
import { duration, secondsOf } from './rotation-policy.js';

it.each([
  ['P1D', 86_400],
  ['PT1S', 1],
  ['P30DT12H', 2_635_200],
  ['PT1H30M', 5400],
  ['PT90M', 5400],
])('%s is %i seconds', (duration, seconds) => {
  expect(secondsOf(duration)).toBe(seconds);
});

it.each(['', 'P', 'PT', 'P1DT', 'P1M', 'P1Y', 'P1W', 'PT0S', 'P0D', 'PT1.5S', '-P1D', 'p1d', 'PT1S ', '1D'])(
  '%j is no interval',
  (duration) => {
    expect(secondsOf(duration)).toBeNull();
  },
);

it.each(['PT0S', 'P0D', 'P0DT0H0M0S'])('%s is refused because it is zero', (value) => {
  expect(duration.safeParse(value).error?.issues.map(({ message }) => message)).toEqual(['must be longer than zero']);
});

it.each(['', 'P', 'PT', 'P1W', '0', 'PT0.5S'])('%j is refused because it is no duration', (value) => {
  expect(duration.safeParse(value).error?.issues.map(({ message }) => message)).toEqual([
    'must be an ISO 8601 duration in days, hours, minutes and seconds',
  ]);
});

/** Every part of a duration with one digit too many, and with very many. */
const tooLong = [
  ['P', 'D', 4],
  ['PT', 'H', 5],
  ['PT', 'M', 7],
  ['PT', 'S', 9],
] as const;

it.each(tooLong)('%s…%s takes %i digits, and is told so of more', (before, unit, most) => {
  const ofDigits = (count: number) => `${before}${'1'.repeat(count)}${unit}`;
  expect(duration.safeParse(ofDigits(most)).success).toBe(true);
  for (const count of [most + 1, 40, 100_000])
    expect(duration.safeParse(ofDigits(count)).error?.issues.map(({ message }) => message)).toEqual([
      'must have at most 4 digits of days, 5 of hours, 7 of minutes and 9 of seconds',
    ]);
});
