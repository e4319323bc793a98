import { monotonicNow } from '@ankasecure/contracts';
import { describe, expect, it, vi } from 'vitest';
import { RemoteClock } from './remote-clock.js';

const day = 86_400_000;

/** Reads a clock that shows `said`, with an answer that took `ms` until now. */
const reading = (said: number, ms = 4, answered = monotonicNow()) => ({ said, asked: answered - ms, answered });

describe('another clock', () => {
  it('is never taken to be ahead of what it said', () => {
    const clock = new RemoteClock();
    expect(clock.now()).toBeUndefined();
    const answered = monotonicNow();
    clock.learn({ said: 5 * day, asked: answered - 100, answered });
    const shown = clock.now();
    const passed = monotonicNow() - answered;
    expect(shown).toBeGreaterThanOrEqual(5 * day);
    expect(shown).toBeLessThanOrEqual(5 * day + passed);
  });

  it('is followed by the monotonic clock, whatever happens to the date', () => {
    const clock = new RemoteClock();
    clock.learn(reading(5 * day));
    vi.useFakeTimers({ toFake: ['Date'], now: 40 * day });
    try {
      expect((clock.now() ?? 0) - 5 * day).toBeLessThan(10_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([40 * day, 45_000, -45_000, -100 * day])('shows that this process is %i ms ahead', (shift) => {
    const clock = new RemoteClock();
    const [now, since] = [Date.now(), monotonicNow()];
    clock.learn(reading(now - shift));
    const ahead = clock.aheadMs(now);
    expect(Math.abs(ahead - shift)).toBeLessThan(1000 + monotonicNow() - since);
    expect(Math.sign(ahead)).toBe(Math.sign(shift));
  });

  it('is not accused because an answer took long: both may show the same', () => {
    const clock = new RemoteClock();
    const answered = monotonicNow();
    // The answer took ten seconds. The other clock was read somewhere in between.
    clock.learn({ said: Date.now() - 5_000, asked: answered - 10_000, answered });
    expect(clock.aheadMs()).toBe(0);
    // A quick answer leaves less room, and a slow one afterwards adds none.
    clock.learn(reading(Date.now()));
    clock.learn({ said: Date.now(), asked: monotonicNow() - 10_000, answered: monotonicNow() });
    expect(clock.aheadMs(Date.now() + 500)).toBeGreaterThan(100);
  });

  it('is believed anew when it was set', () => {
    const clock = new RemoteClock();
    clock.learn(reading(5 * day));
    clock.learn(reading(2 * day));
    expect((clock.now() ?? 0) - 2 * day).toBeLessThan(10_000);
    clock.learn(reading(9 * day));
    expect(clock.now()).toBeGreaterThanOrEqual(9 * day);
  });

  it.each<[string, unknown]>([
    ['not a number', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['long ago without end', Number.NEGATIVE_INFINITY],
    ['text', '1700000000000'],
    ['absent', null],
  ])('agrees with none while what it says is %s, and shows what it said before', (_, said) => {
    const clock = new RemoteClock();
    clock.learn(reading(said as number));
    expect(clock.now()).toBeUndefined();
    expect(clock.aheadMs()).toBeNaN();
    clock.learn(reading(Date.now()));
    expect(Math.abs(clock.aheadMs())).toBeLessThan(1000);
    clock.learn(reading(said as number));
    expect(clock.aheadMs()).toBeNaN();
    expect(Math.abs((clock.now() ?? 0) - Date.now())).toBeLessThan(10_000);
  });

  it('may drift between readings', () => {
    const clock = new RemoteClock();
    const answered = monotonicNow();
    clock.learn({ said: 5 * day, asked: answered - 1, answered });
    // An hour later it is 300 ms behind this machine's clock: no reason to believe that it was set.
    clock.learn({ said: 5 * day + 3_600_000 - 300, asked: answered + 3_600_000 - 1, answered: answered + 3_600_000 });
    clock.learn({ said: 5 * day + 3_600_000, asked: answered + 3_600_000 - 1000, answered: answered + 3_600_000 });
    expect((clock.now() ?? 0) - 5 * day).toBeLessThan(10_000);
  });
});
