import { describe, expect, it } from 'vitest';
import { Pace } from './pace.js';

describe('the pace of deliveries', () => {
  it('halves on every missed deadline, from what was offered, down to sixteen', () => {
    const pace = new Pace(8000);
    expect(pace.events).toBe(Pace.slice);
    const offered: number[] = [];
    for (let time = 0; time < 10; time++) {
      offered.push(pace.events);
      pace.missed(pace.events);
    }
    expect(offered.slice(0, 4)).toEqual([500, 250, 125, 62]);
    expect(pace.events).toBe(16);
    const small = new Pace(8000);
    small.missed(40);
    expect(small.events).toBe(20);
  });

  it('doubles while answers are quick, keeps while they are not, and halves before the deadline is missed', () => {
    const pace = new Pace(8000);
    pace.missed(100);
    pace.answered(50, 900);
    expect(pace.events).toBe(100);
    pace.answered(100, 2000);
    expect(pace.events).toBe(100);
    pace.answered(100, 4001);
    expect(pace.events).toBe(50);
    for (let time = 0; time < 20; time++) pace.answered(50, 10);
    expect(pace.events).toBe(Pace.slice);
  });

  it.each([
    [0, 40],
    [0.125, 30],
    [0.25, 20],
    [0.5, 0],
    [1, 0],
    [1.5, 0],
  ])('rests less the fuller the outbox is: filled to %d, %d ms after a delivery of 40 ms', (filled, rest) => {
    expect(new Pace(8000).rest(40, filled)).toBe(rest);
  });

  it.each([
    ['one tenant, few events', 1, 1, 100],
    ['four tenants, few events each', 4, 1, 100],
    ['eight tenants, few events each', 8, 3, 200],
    ['many tenants, few events each', 64, 7, 400],
    ['many tenants, many events each', 64, 8, 100],
  ])('gathers longer the more tenants report few events each: %s', (_, tenants, each, ms) => {
    const sealed = Array.from({ length: tenants * each }, (_, row) => ({
      tenantId: `${row % tenants}`,
      eventCount: 1,
    }));
    expect(new Pace(8000).gather(sealed)).toBe(ms);
  });
});
