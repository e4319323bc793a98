import { expect, it } from 'vitest';
import { secondsOf } from './rotation-policy.js';

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
