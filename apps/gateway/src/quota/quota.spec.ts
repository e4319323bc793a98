import { describe, expect, it } from 'vitest';
import { Quota, rateLimitOf } from './quota.js';

const bucket = () => {
  let now = 0;
  const quota = new Quota({ requestsPerSecond: 2, burst: 3 }, () => now);
  return { quota, after: (ms: number) => void (now += ms) };
};

describe('a tenant’s quota', () => {
  it('grants a burst, then the rate', () => {
    const { quota, after } = bucket();
    const grants = (): boolean[] => Array.from({ length: 4 }, () => quota.take('a').granted);
    expect(grants()).toEqual([true, true, true, false]);
    after(500);
    expect(grants()).toEqual([true, false, false, false]);
    after(60_000);
    expect(grants()).toEqual([true, true, true, false]);
  });

  it('is each tenant’s own', () => {
    const { quota } = bucket();
    for (let i = 0; i < 4; i++) quota.take('a');
    expect(quota.take('b').granted).toBe(true);
  });

  it('says what is left and when there is more', () => {
    const { quota } = bucket();
    expect(quota.policy).toBe('"tenant";q=3;w=2');
    expect(rateLimitOf(quota.take('a'))).toBe('"tenant";r=2;t=1');
    quota.take('a');
    expect(rateLimitOf(quota.take('a'))).toBe('"tenant";r=0;t=2');
    expect(quota.take('a')).toEqual({ granted: false, remaining: 0, seconds: 1 });
  });

  it('forgets who has been quiet, and nobody else', () => {
    const { quota, after } = bucket();
    for (let i = 0; i < 3; i++) quota.take('a');
    after(1000);
    quota.sweep();
    expect(quota.take('a').remaining).toBe(1);
    after(5000);
    quota.sweep();
    expect(quota.take('a').remaining).toBe(2);
  });
});
