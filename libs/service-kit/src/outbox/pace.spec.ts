import { maxAppend } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.js';

describe('the pace of deliveries', () => {
  it('halves on every missed deadline, from what was offered, down to sixteen', () => {
    const pace = new Pace(8000);
    expect(pace.events).toBe(maxAppend);
    const offered: number[] = [];
    for (let time = 0; time < 14; time++) {
      offered.push(pace.events);
      pace.missed(pace.events);
    }
    expect(offered.slice(0, 4)).toEqual([5000, 2500, 1250, 625]);
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
    expect(pace.events).toBe(maxAppend);
  });
});
