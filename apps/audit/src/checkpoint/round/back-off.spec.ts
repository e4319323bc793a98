import { describe, expect, it } from 'vitest';
import { BackOff } from './back-off.js';

describe('the pause of a trail without a checkpoint', () => {
  /** The pauses after failures in a row, by a clock that goes on to the end of each. */
  const pausesOf = (count: number, isPassing: boolean, random: number): number[] => {
    let now = 1_000_000;
    const backOff = new BackOff(
      () => now,
      () => random,
    );
    return Array.from({ length: count }, () => {
      backOff.failed('a', isPassing);
      expect(backOff.isOver('a')).toBe(false);
      const before = now;
      while (!backOff.isOver('a')) now += 50;
      return now - before;
    });
  };

  it.each([
    ['passes', true, 30_000],
    ['lasts', false, 300_000],
  ])('doubles with each failure that %s, up to a limit', (_, isPassing, most) => {
    for (const random of [0, 0.5, 0.999]) {
      const pauses = pausesOf(14, isPassing, random);
      const part = 0.5 + random / 2;
      pauses.forEach((pause, at) => {
        const expected = Math.min(most, 1_000 * 2 ** at) * part;
        expect(pause).toBeGreaterThanOrEqual(expected - 1);
        expect(pause).toBeLessThanOrEqual(expected + 50);
      });
    }
  });

  it('is each trail’s own, and ends with a success', () => {
    const backOff = new BackOff(() => 5);
    expect(backOff.isOver('a')).toBe(true);
    backOff.failed('a', true);
    expect([backOff.isOver('a'), backOff.isOver('b')]).toEqual([false, true]);
    backOff.succeeded('a');
    expect(backOff.isOver('a')).toBe(true);
  });
});
