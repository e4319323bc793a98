import { describe, expect, it } from 'vitest';
import { numberAfter } from './trail-place.js';

describe('the number of the next anchor', () => {
  const now = Date.parse('2026-11-30T00:00:00Z');

  it.each([
    [0, 0, 1],
    [7, 7, 8],
    [7, 9, 10],
    [9, 7, 10],
  ])('after %i in the token and %i in the database is %i', (held, last, next) => {
    expect(numberAfter(held, last, now)).toBe(next);
  });

  it.each([now / 1000 + 1, 2 ** 52, Number.POSITIVE_INFINITY, Number.NaN])(
    'is not told by a database with %d',
    (last) => {
      expect(() => numberAfter(7, last, now)).toThrow('Somebody put it there');
    },
  );

  it('goes on for good after the highest number that a database can tell', () => {
    let held = numberAfter(7, now / 1000, now);
    expect(held).toBe(now / 1000 + 1);
    for (let minute = 1; minute <= 10; minute++) {
      const next = numberAfter(held, held, now + minute * 60_000);
      expect(next).toBe(held + 1);
      held = next;
    }
  });
});
