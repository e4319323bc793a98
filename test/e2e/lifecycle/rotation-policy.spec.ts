import { setTimeout as delay } from 'node:timers/promises';
import type { ItemFailure, Key, KeyUsage, KeyVersionResource, RotationPolicy, SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../harness/problem.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

const put = (id: string, policy: object): Promise<RotationPolicy> =>
  tenant.admin.put<RotationPolicy>(`/keys/${id}/rotation-policy`, policy);
const versionsOf = async (id: string): Promise<readonly KeyVersionResource[]> =>
  (await tenant.admin.get<{ items: KeyVersionResource[] }>(`/keys/${id}/versions`)).items;

describe('rotation by date', () => {
  it('happens once per date, with two workers', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    const at = new Date(Date.now() + 1500).toISOString();
    expect(await put(id, { interval: 'PT4S', at })).toEqual({
      keyId: id,
      interval: 'PT4S',
      nextAt: at,
      maxUses: null,
      setBy: 'administrator',
    });
    await delay(Date.parse(at) + 5000 - Date.now());
    const last = await tenant.admin.send<RotationPolicy>('DELETE', `/keys/${id}/rotation-policy`);
    const passed = (Date.parse(last.body.nextAt ?? '') - Date.parse(at)) / 4000;
    expect(passed).toBeGreaterThanOrEqual(2);
    const versions = await versionsOf(id);
    expect(versions.map(({ version }) => version)).toEqual(
      Array.from({ length: passed + 1 }, (_, index) => passed + 1 - index),
    );
    expect(versions.filter(({ state }) => state === 'ACTIVE')).toHaveLength(1);
    const events = await eventually('their events', async () => {
      const all = await eventsOf(tenant.admin, { keyId: id, operation: 'key.rotate' });
      return all.length >= passed && all;
    });
    expect(events.map(({ outcome, details }) => [outcome, details['trigger']])).toEqual(
      Array.from({ length: passed }, () => ['success', 'schedule']),
    );
    expectProblem(await tenant.admin.send('GET', `/keys/${id}/rotation-policy`), 'key-not-found');
  });

  it('waits until a key is active, and skips a key that has ended', async () => {
    const [suspended, revoked] = [
      await tenant.createKey({ algorithm: 'EC-P256' }),
      await tenant.createKey({ algorithm: 'AES-256' }),
    ];
    await tenant.admin.post(`/keys/${suspended.id}/suspend`, {});
    await tenant.admin.post(`/keys/${revoked.id}/revoke`, { reason: 'superseded' });
    const at = new Date(Date.now() + 2000).toISOString();
    for (const { id } of [suspended, revoked]) await put(id, { interval: 'P1D', at });
    await delay(Date.parse(at) + 1500 - Date.now());
    expect((await versionsOf(suspended.id)).map(({ state }) => state)).toEqual(['SUSPENDED']);
    await tenant.admin.post(`/keys/${suspended.id}/resume`, {});
    await eventually('the rotation that was due', async () => (await versionsOf(suspended.id)).length > 1);
    const { nextAt } = await tenant.admin.get<RotationPolicy>(`/keys/${suspended.id}/rotation-policy`);
    expect(Date.parse(nextAt ?? '') - Date.parse(at)).toBe(86_400_000);
    expect((await versionsOf(revoked.id)).map(({ state }) => state)).toEqual(['DEACTIVATED']);
  });

  it('cannot be planned for a key that is being destroyed, and ends with a destroyed key', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    await put(id, { interval: 'P1D' });
    const again = () => tenant.admin.send('PUT', `/keys/${id}/rotation-policy`, { body: { interval: 'P1D' } });
    await tenant.admin.send('DELETE', `/keys/${id}`);
    expectProblem(await again(), 'key-state');
    await tenant.admin.post(`/keys/${id}/cancel-destroy`, {});
    await tenant.admin.send('DELETE', `/keys/${id}?waitingDays=0`);
    await eventually('its destruction', async () => (await tenant.admin.get<Key>(`/keys/${id}`)).state === 'DESTROYED');
    expectProblem(await tenant.admin.send('GET', `/keys/${id}/rotation-policy`), 'key-not-found');
    expectProblem(await again(), 'key-state');
    expectProblem(await tenant.admin.send('PUT', '/aliases/of-a-destroyed', { body: { keyId: id } }), 'key-state');
  });
});

describe('rotation by use', () => {
  it.each([
    ['a batch of 10, 3 uses each', 3, 10, 1],
    ['a batch of 50, 10 uses each', 10, 50, 1],
    ['a batch of 15, one use each', 1, 15, 1],
    ['two batches of 25 at a time, 3 uses each', 3, 25, 2],
    ['eight batches of 4 at a time, 5 uses each', 5, 4, 8],
  ])('uses every version exactly up to its limit: %s', async (_, maxUses, size, batches) => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    await put(id, { maxUses });
    const items = Array.from({ length: size }, () => ({ keyId: id, payload: 'AAAA' }));
    const signed = await Promise.all(
      Array.from({ length: batches }, async () => {
        const answer = await tenant.admin.post<{ items: (SignResult | ItemFailure)[] }>('/sign', { items });
        return answer.items;
      }),
    );
    expect(signed.flat().flatMap((item) => ('error' in item ? [item.error.code] : []))).toEqual([]);
    const usage = (await tenant.admin.get<KeyUsage>(`/keys/${id}/usage`)).items;
    const counts = usage
      .toSorted((a, b) => a.version - b.version)
      .map(({ operations }) => operations.find(({ operation }) => operation === 'sign')?.count ?? 0);
    const uses = size * batches;
    const full = Array.from({ length: Math.ceil(uses / maxUses) - 1 }, () => maxUses);
    expect(counts).toEqual([...full, uses - full.length * maxUses]);
    expect((await versionsOf(id)).filter(({ state }) => state === 'ACTIVE')).toHaveLength(1);
  });

  it('gives no result to a batch whose key is suspended meanwhile', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    await put(id, { maxUses: 1 });
    const items = Array.from({ length: 60 }, () => ({ keyId: id, payload: 'AAAA' }));
    const signing = tenant.admin.post<{ items: (SignResult | ItemFailure)[] }>('/sign', { items });
    await delay(100);
    await tenant.admin.post<Key>(`/keys/${id}/suspend`, {});
    for (const item of (await signing).items) expect('error' in item && item.error.code).toBeTruthy();
  });

  it('takes effect at once for a key in use, and refuses if no new version is allowed', async () => {
    const { id } = await tenant.createKey({ algorithm: 'EC-P256' });
    const sign = () => tenant.admin.send<SignResult>('POST', '/sign', { body: { keyId: id, payload: 'AAAA' } });
    for (let time = 0; time < 4; time++) expect((await sign()).body.version).toBe(1);
    await put(id, { maxUses: 1 });
    const versions = [(await sign()).body.version, (await sign()).body.version, (await sign()).body.version];
    expect(versions).toEqual([1, 2, 3]);
    await tenant.admin.post<Key>(`/keys/${id}/suspend`, {});
    expectProblem(await sign(), 'key-state');
  });

  it.each([
    ['nothing', {}],
    ['months', { interval: 'P1M' }],
    ['a date without an interval', { at: '2030-01-01T00:00:00.000Z', maxUses: 1 }],
    ['a date that has passed', { interval: 'P1D', at: '2020-01-01T00:00:00.000Z' }],
    ['no uses', { maxUses: 0 }],
  ])('refuses a policy with %s', async (_, policy) => {
    const { id } = await tenant.createKey({ algorithm: 'AES-256' });
    expectProblem(await tenant.admin.send('PUT', `/keys/${id}/rotation-policy`, { body: policy }), 'request-invalid');
  });
});
