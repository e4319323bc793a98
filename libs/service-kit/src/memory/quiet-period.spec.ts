import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QuietPeriod } from './quiet-period.js';

describe('an event that says the same', () => {
  const clock = vi.spyOn(process, 'hrtime');
  const at = (seconds: number) => clock.mockReturnValue([seconds, 0]);
  let quiet: QuietPeriod;
  beforeEach(() => {
    at(1000);
    quiet = new QuietPeriod(2);
  });
  afterEach(() => void clock.mockReset());

  it('is due once in ten minutes, and others are due meanwhile', () => {
    expect([quiet.isDue('a'), quiet.isDue('a'), quiet.isDue('b')]).toEqual([true, false, true]);
    at(1599);
    expect(quiet.isDue('a')).toBe(false);
    at(1600);
    expect([quiet.isDue('a'), quiet.isDue('a')]).toEqual([true, false]);
  });

  it('is due again if it could not be told', () => {
    expect(quiet.isDue('a')).toBe(true);
    quiet.end('a');
    expect(quiet.isDue('a')).toBe(true);
  });

  it('is due sooner if too many others were told after it', () => {
    for (const name of ['a', 'b', 'c']) quiet.isDue(name);
    expect(quiet.isDue('b')).toBe(false);
    expect(quiet.isDue('a')).toBe(true);
  });
});
