import type { KeyQuota } from '@ankasecure/contracts';
import { expect, it } from 'vitest';
import { quotaConfig } from './quota.config.js';
import { Quotas, tightest } from './quotas.js';

const [tenant, other] = ['01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55', '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10'];
const key = { tenantId: tenant, keyId: 'k' };
const refused = { code: 'quota-exceeded', retryable: true };

const quotasOf = (config: object) => {
  let now = 0;
  const quotas = Quotas.withClock(quotaConfig.parse(config), () => now);
  const told: KeyQuota[] = [];
  const during = <Value>(of: typeof key, work: () => Promise<Value>): Promise<Value> =>
    quotas.during(of, work, (left) => told.push(left));
  return { quotas, during, told, after: (ms: number) => void (now += ms) };
};
const done = async (): Promise<string> => 'done';

it('a key does a burst, then so many operations a second, and each key has its own quota', async () => {
  const { during, after } = quotasOf({ perKey: { operationsPerSecond: 1, burst: 2 } });
  for (let i = 0; i < 2; i++) expect(await during(key, done)).toBe('done');
  await expect(during(key, done)).rejects.toMatchObject(refused);
  expect(await during({ ...key, keyId: 'another' }, done)).toBe('done');
  after(1000);
  expect(await during(key, done)).toBe('done');
  await expect(during(key, done)).rejects.toMatchObject(refused);
});

it('a key does a limited number of operations at once, and the next when one has ended, however it ended', async () => {
  const { during, told } = quotasOf({ perKey: { operationsPerSecond: 1000, burst: 1000, concurrentOperations: 2 } });
  const ends = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  const running = ends.map(({ promise }) => during(key, () => promise));
  await expect(during(key, done)).rejects.toMatchObject(refused);
  expect(told.at(-1)).toEqual({ quota: 1000, window: 1, remaining: 998, seconds: 1 });
  ends[0].reject(new Error('of the HSM'));
  await expect(running[0]).rejects.toThrow('of the HSM');
  expect(await during(key, done)).toBe('done');
  ends[1].resolve('late');
  expect(await running[1]).toBe('late');
});

it('a tenant may have limits of its own, and has none if none are configured', async () => {
  const perKey = { operationsPerSecond: 1, burst: 1 };
  const { quotas, during, told } = quotasOf({ keys: 5, perKey, tenants: [{ tenant: other, keys: 7 }] });
  expect([quotas.keysOf(tenant), quotas.keysOf(other)]).toEqual([5, 7]);
  expect([quotas.bounds(key), quotas.bounds({ ...key, tenantId: other })]).toEqual([true, false]);
  for (let i = 0; i < 3; i++) expect(await during({ ...key, tenantId: other }, done)).toBe('done');
  expect(told).toEqual([]);
  expect(quotasOf({}).quotas.bounds(key)).toBe(false);
  expect(quotaConfig.safeParse({ tenants: [{ tenant }, { tenant }] }).success).toBe(false);
});

it('reports what a key has left, and when it has more', async () => {
  const { during, told, after } = quotasOf({ perKey: { operationsPerSecond: 2, burst: 3 } });
  for (let i = 0; i < 3; i++) await during(key, done);
  await expect(during(key, done)).rejects.toMatchObject(refused);
  after(500);
  await during(key, done);
  const policy = { quota: 3, window: 2 };
  expect(told).toEqual([
    { ...policy, remaining: 2, seconds: 1 },
    { ...policy, remaining: 1, seconds: 1 },
    { ...policy, remaining: 0, seconds: 2 },
    { ...policy, remaining: 0, seconds: 1 },
    { ...policy, remaining: 0, seconds: 2 },
  ]);
  expect(tightest([told[0], undefined, told[2], told[3]])).toBe(told[2]);
  expect(tightest([undefined])).toBeUndefined();
});
