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
