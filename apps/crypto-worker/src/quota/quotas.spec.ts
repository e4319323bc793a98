import { expect, it } from 'vitest';
import { quotaConfig } from './quota.config.js';
import { Quotas } from './quotas.js';

const [tenant, other] = ['01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55', '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10'];
const key = { tenantId: tenant, keyId: 'k' };
const refused = { code: 'quota-exceeded', retryable: true };

const quotasOf = (config: object) => {
  let now = 0;
  return { quotas: new Quotas(quotaConfig.parse(config), () => now), after: (ms: number) => void (now += ms) };
};
const done = async (): Promise<string> => 'done';

it('a key does a burst, then so many operations a second, and each key its own', async () => {
  const { quotas, after } = quotasOf({ perKey: { operationsPerSecond: 1, burst: 2 } });
  for (let i = 0; i < 2; i++) expect(await quotas.during(key, done)).toBe('done');
  await expect(quotas.during(key, done)).rejects.toMatchObject(refused);
  expect(await quotas.during({ ...key, keyId: 'another' }, done)).toBe('done');
  after(1000);
  expect(await quotas.during(key, done)).toBe('done');
  await expect(quotas.during(key, done)).rejects.toMatchObject(refused);
});

it('a key does so many operations at once, and the next when one has ended, however it ended', async () => {
  const { quotas } = quotasOf({ perKey: { operationsPerSecond: 1000, burst: 1000, concurrentOperations: 2 } });
  const ends = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  const running = ends.map(({ promise }) => quotas.during(key, () => promise));
  await expect(quotas.during(key, done)).rejects.toMatchObject(refused);
  ends[0].reject(new Error('of the HSM'));
  await expect(running[0]).rejects.toThrow('of the HSM');
  expect(await quotas.during(key, done)).toBe('done');
  ends[1].resolve('late');
  expect(await running[1]).toBe('late');
});

it('a tenant may have bounds of its own, and is bound by nothing where nothing is named', async () => {
  const perKey = { operationsPerSecond: 1, burst: 1 };
  const { quotas } = quotasOf({ keys: 5, perKey, tenants: [{ tenant: other, keys: 7 }] });
  expect([quotas.keysOf(tenant), quotas.keysOf(other)]).toEqual([5, 7]);
  expect([quotas.bounds(key), quotas.bounds({ ...key, tenantId: other })]).toEqual([true, false]);
  for (let i = 0; i < 3; i++) expect(await quotas.during({ ...key, tenantId: other }, done)).toBe('done');
  expect(quotasOf({}).quotas.bounds(key)).toBe(false);
  expect(quotaConfig.safeParse({ tenants: [{ tenant }, { tenant }] }).success).toBe(false);
});
