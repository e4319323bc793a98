import { beforeEach, describe, expect, it } from 'vitest';
import { Transits } from './transit.js';

const hour = 3_600_000;

describe('the time of a request on its way', () => {
  let transits: Transits;
  /** The sender's clock is 5 s ahead of this one's. */
  const send = (sentAt: number, onTheWay: number, ahead = 5_000): number =>
    transits.of('gateway', sentAt + ahead, sentAt + onTheWay);
  beforeEach(() => {
    transits = new Transits();
  });

  it('is measured against the fastest one, whatever both clocks say', () => {
    expect(send(0, 3)).toBe(0);
    expect(send(10, 1)).toBe(0);
    expect(send(20, 41)).toBeCloseTo(40, 0);
    expect(transits.of('policy', 0, hour)).toBe(0);
  });

  it('is long for a request that this process finds when it runs again', () => {
    send(0, 1);
    expect(send(1_000, 40_001)).toBeGreaterThan(39_900);
    expect(send(41_500, 1)).toBeLessThan(30);
  });

  it('is not made longer by clocks that drift apart', () => {
    let longest = 0;
    for (let at = 0; at < 10 * hour; at += 60_000) longest = Math.max(longest, send(at, 1, 5_000 - at * 200e-6));
    expect(longest).toBeLessThan(1);
  });

  it('is measured anew when the sender’s clock stood still for a minute, after ten seconds', () => {
    send(0, 1);
    for (let at = 1_000; at < 12_000; at += 500) send(at, 1, -55_000);
    expect(send(12_000, 1, -55_000)).toBeLessThan(1);
    expect(send(13_000, 500, -55_000)).toBeGreaterThan(400);
  });
});
