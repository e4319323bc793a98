import { describe, expect, it } from 'vitest';
import { SpareLane } from './spare-lane.js';

const underWay = ['loud', 'loud', ''].map((tenant) => ({ tenant, slow: false }));

const asked = (...tenants: readonly string[]): SpareLane => {
  const lane = new SpareLane();
  for (const tenant of tenants) lane.note(tenant, 0);
  return lane;
};

describe('the last idle lane', () => {
  it('is reserved for tenants without a lane, while one of them is active', () => {
    const isFor = asked('loud', 'quiet', 'loud').isFor(underWay, 999);
    expect(['loud', 'quiet', 'another', ''].map((tenant) => isFor?.(tenant))).toEqual([false, true, true, false]);
  });

  it('is for everybody while all active tenants have a lane', () => {
    expect(asked('loud', 'quiet').isFor([...underWay, { tenant: 'quiet', slow: false }], 0)).toBeUndefined();
    expect(asked('loud', '').isFor(underWay, 0)).toBeUndefined();
    expect(asked().isFor(underWay, 0)).toBeUndefined();
    const lane = asked('loud', 'quiet');
    lane.note('loud', 500);
    expect(lane.isFor(underWay, 1000)).toBeUndefined();
  });

  it('is not refused to a tenant whose only jobs make keys in other lanes', () => {
    const isFor = asked('loud', 'quiet').isFor([{ tenant: 'loud', slow: true }], 0);
    expect(isFor?.('loud')).toBe(true);
  });
});
