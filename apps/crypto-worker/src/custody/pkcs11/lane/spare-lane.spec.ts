import { describe, expect, it } from 'vitest';
import { SpareLane } from './spare-lane.js';

const underWay = ['loud', 'loud', ''].map((tenant) => ({ tenant, slow: false }));

const asked = (...tenants: readonly string[]): SpareLane => {
  const lane = new SpareLane();
  for (const tenant of tenants) lane.note(tenant, 0);
  return lane;
};

describe('the last idle lane', () => {
  it('is for those who have no other, while several tenants are about', () => {
    const isFor = asked('loud', 'quiet', 'loud').isFor(underWay, 999);
    expect(['loud', 'quiet', ''].map((tenant) => isFor?.(tenant))).toEqual([false, true, false]);
  });

  it('is for everybody once a tenant is alone', () => {
    expect(asked('loud', 'quiet', 'loud').isFor(underWay, 1000)).toBeUndefined();
    expect(asked('loud', '', 'loud').isFor(underWay, 0)).toBeUndefined();
    expect(asked().isFor(underWay, 0)).toBeUndefined();
  });

  it('is not kept from who only makes keys elsewhere', () => {
    const isFor = asked('loud', 'quiet').isFor([{ tenant: 'loud', slow: true }], 0);
    expect(isFor?.('loud')).toBe(true);
  });
});
