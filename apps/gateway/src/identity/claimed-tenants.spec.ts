import { randomUUID } from 'node:crypto';
import { monotonicNow } from '@ankasecure/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { ClaimedTenants } from './claimed-tenants.js';
import { forStranger } from './origin.js';

describe('the data of a tenant that a token claims', () => {
  let epoch: number;
  let movedAt: number;
  let asked: string[];
  let gate: Promise<void>;
  let tenants: ClaimedTenants<string>;
  const has = new Set<string>();
  beforeEach(() => {
    epoch = 1;
    movedAt = Number.NEGATIVE_INFINITY;
    asked = [];
    gate = Promise.resolve();
    has.clear();
    tenants = new ClaimedTenants({ current: async () => epoch, lastMove: () => movedAt }, async (tenantId) => {
      asked.push(tenantId);
      const is = has.has(tenantId);
      await gate;
      return is ? tenantId : undefined;
    });
  });

  it('is read once in an epoch, even if there is none', async () => {
    const [something, nothing] = [randomUUID(), randomUUID()];
    has.add(something);
    for (let time = 0; time < 3; time++) {
      expect(await tenants.of(something)).toEqual({ value: something, epoch: 1 });
      expect(await tenants.of(nothing)).toEqual({ value: undefined, epoch: 1 });
    }
    expect(asked).toEqual([something, nothing]);
  });

  it('is read again in another epoch', async () => {
    const tenant = randomUUID();
    await tenants.of(tenant);
    has.add(tenant);
    epoch = 2;
    expect(await tenants.of(tenant)).toEqual({ value: tenant, epoch: 2 });
    has.delete(tenant);
    epoch = 3;
    expect((await tenants.of(tenant)).value).toBeUndefined();
  });

  it('is read again when the trail has named a change, even if the epoch stays', async () => {
    const [tenant, stranger] = [randomUUID(), randomUUID()];
    has.add(tenant);
    await tenants.of(tenant);
    await tenants.of(stranger);
    movedAt = monotonicNow();
    has.delete(tenant);
    has.add(stranger);
    expect((await tenants.of(tenant)).value).toBeUndefined();
    expect((await tenants.of(stranger)).value).toBe(stranger);
  });

  it('is read once for concurrent callers, and again for a caller after a change', async () => {
    const tenant = randomUUID();
    const { promise, resolve: letGo } = Promise.withResolvers<void>();
    gate = promise;
    const before = [tenants.of(tenant), tenants.of(tenant)];
    await expect.poll(() => asked).toHaveLength(1);
    has.add(tenant);
    epoch = 2;
    const after = tenants.of(tenant);
    await expect.poll(() => asked).toHaveLength(2);
    letGo();
    expect((await Promise.all(before)).map(({ value }) => value)).toEqual([undefined, undefined]);
    expect((await after).value).toBe(tenant);
    expect((await tenants.of(tenant)).value).toBe(tenant);
  });

  it('stays cached however many unknown tenants are claimed, and can be read meanwhile', async () => {
    const tenant = randomUUID();
    has.add(tenant);
    await tenants.of(tenant);
    for (let time = 0; time < 25_000; time++) await tenants.of(randomUUID());
    await tenants.of(tenant);
    expect(asked.filter((name) => name === tenant)).toHaveLength(1);
    const { promise, resolve: letGo } = Promise.withResolvers<void>();
    gate = promise;
    const before = asked.length;
    const ended = Promise.allSettled(Array.from({ length: 110 }, () => tenants.of(randomUUID())));
    await expect.poll(() => asked.length).toBe(before + 2);
    epoch = 2;
    const known = tenants.of(tenant);
    await expect.poll(() => asked.at(-1)).toBe(tenant);
    letGo();
    expect((await known).value).toBe(tenant);
    const refused = (await ended).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'service-unavailable' } });
  });

  it('is read soon for a caller of another network, however many callers of one network wait', async () => {
    const { promise, resolve: letGo } = Promise.withResolvers<void>();
    gate = promise;
    const flood = Promise.allSettled(
      Array.from({ length: 100 }, () => forStranger('192.0.2.1', () => tenants.of(randomUUID()))),
    );
    await expect.poll(() => asked).toHaveLength(2);
    const tenant = randomUUID();
    has.add(tenant);
    const found = forStranger('192.0.2.2', () => tenants.of(tenant));
    letGo();
    expect((await found).value).toBe(tenant);
    expect(asked.indexOf(tenant)).toBeLessThan(5);
    await flood;
  });
});
