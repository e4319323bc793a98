import { describe, expect, it } from 'vitest';
import { quotaConfig } from './quota.config.js';
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

  it('is separate for each tenant', () => {
    const { quota } = bucket();
    for (let i = 0; i < 4; i++) quota.take('a');
    expect(quota.take('b').granted).toBe(true);
  });

  it('reports the remaining requests and the time of the next ones', () => {
    const { quota } = bucket();
    expect(quota.policyOf('a')).toBe('"tenant";q=3;w=2');
    expect(rateLimitOf(quota.take('a'))).toBe('"tenant";r=2;t=1');
    quota.take('a');
    expect(rateLimitOf(quota.take('a'))).toBe('"tenant";r=0;t=2');
    expect(quota.take('a')).toEqual({ granted: false, remaining: 0, seconds: 1 });
  });

  it('charges a batch by its items: it may owe once, and is then paid back at the rate', () => {
    const { quota, after } = bucket();
    quota.take('a');
    expect(quota.owe('a', 9)).toEqual({ granted: true, remaining: 0, seconds: 5 });
    expect(quota.take('a').granted).toBe(false);
    expect(quota.owe('a', 1)).toEqual({ granted: false, remaining: 0, seconds: 4 });
    after(3500);
    expect(quota.take('a').granted).toBe(false);
    after(500);
    expect(quota.take('a').granted).toBe(true);
  });

  it('lets a batch owe that took the last token, and no batch beside it', () => {
    const { quota } = bucket();
    for (let request = 0; request < 3; request++) expect(quota.take('a').granted).toBe(true);
    expect(quota.owe('a', 999).granted).toBe(true);
    expect(quota.owe('a', 999).granted).toBe(false);
  });

  it('forgets only tenants without recent requests', () => {
    const { quota, after } = bucket();
    for (let i = 0; i < 3; i++) quota.take('a');
    after(1000);
    quota.sweep();
    expect(quota.take('a').remaining).toBe(1);
    after(5000);
    quota.sweep();
    expect(quota.take('a').remaining).toBe(2);
  });

  it('can differ for a named tenant', () => {
    const tenant = '01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55';
    const own = { tenant, requestsPerSecond: 10, burst: 50 };
    const quota = new Quota(quotaConfig.parse({ requestsPerSecond: 2, burst: 3, tenants: [own] }));
    expect([quota.policyOf(tenant), quota.policyOf('a')]).toEqual(['"tenant";q=50;w=5', '"tenant";q=3;w=2']);
    expect([quota.take(tenant).remaining, quota.take('a').remaining]).toEqual([49, 2]);
    expect(quotaConfig.safeParse({ requestsPerSecond: 2, burst: 3, tenants: [own, own] }).success).toBe(false);
  });

  it('limits concurrent requests until they end', () => {
    const quota = new Quota({ requestsPerSecond: 1, burst: 1, concurrentRequests: 2 });
    const [end] = [quota.begin('a'), quota.begin('a')];
    expect(quota.begin('a')).toBeUndefined();
    expect(quota.begin('b')).toBeTypeOf('function');
    end?.();
    expect(quota.begin('a')).toBeTypeOf('function');
    expect(quota.begin('a')).toBeUndefined();
  });
});
