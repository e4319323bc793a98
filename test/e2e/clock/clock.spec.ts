import { setTimeout as delay } from 'node:timers/promises';
import type { Key } from '@ankasecure/contracts';
import { services } from '@ankasecure/contracts';
import { type ClockShim, createClockShim } from '@ankasecure/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tokenObjects } from '../../fault/token-object.js';
import type { Reply } from '../harness/client.js';
import { clientOf } from '../harness/client.js';
import { valueOf } from '../harness/metric.js';
import { expectProblem } from '../harness/problem.js';
import { failingParts } from '../harness/readiness.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, verification } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

const day = 86_400;

let shim: ClockShim;
let rig: OwnRig;
let tenant: Tenant;
beforeAll(async () => {
  shim = createClockShim();
  const environment = shim.env;
  rig = await startOwnRig({ services: Object.fromEntries(services.map((service) => [service, { environment }])) });
  tenant = await newTenant(rig);
});
afterAll(async () => {
  await rig.stop();
  shim.remove();
});

/** Shifts the dates of some processes, and waits until they have noticed. */
const shifted = async (seconds: number, names: readonly string[]): Promise<void> => {
  const pids = rig.stack.pids();
  for (const name of names) shim.shift(seconds, pids[name]);
  for (const name of names) await eventually(`${name} noticing`, async () => (await ready(name)) === (seconds === 0));
};
const ready = async (name: string): Promise<boolean> => {
  const failing = await failingParts(rig.observability[name] ?? '');
  expect(failing, name).not.toEqual([]);
  return failing?.includes('clock') !== true;
};
const skewOf = async (name: string, clock: string): Promise<number> =>
  (await valueOf(rig.observability[name] ?? '', 'ankasecure_clock_skew_seconds', { clock })) ?? Number.NaN;
const sign = (keyId: string): Promise<Reply<{ jws: string }>> =>
  tenant.admin.send<{ jws: string }>('POST', '/sign', { body: { keyId, payload: 'AAAA' } });
const newKey = (): Promise<Key> => tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
const sealed = (keyId: string, operation: string) =>
  eventually(`the event of ${operation}`, async () => {
    const events = await eventsOf(tenant.admin, { keyId, operation });
    return events.length > 0 && events;
  });

const all = (): readonly string[] => Object.keys(rig.observability);
afterEach(() => shifted(0, all()));

describe('a gateway whose date is wrong', () => {
  it.each([45, -45, 100 * day])('by %i s answers 503 and not 504, says so, and recovers', async (seconds) => {
    const { id } = await newKey();
    await shifted(seconds, ['gateway']);
    expect(Math.abs((await skewOf('gateway', 'database')) - seconds)).toBeLessThan(5);
    // Its tokens are judged by its database's time, and a new token is judged by nobody while the two disagree.
    const stranger = clientOf(rig.baseUrl, await rig.mint({ tenantId: tenant.id, subject: 'new', roles: ['user'] }));
    expectProblem(await stranger.send('GET', '/keys'), 'clock-skew');
    await shifted(0, ['gateway']);
    expect((await sign(id)).status).toBe(200);
  });
});

describe('a worker whose date is wrong', () => {
  it.each([45, -45, 40 * day, -1 * day])('by %i s leaves its work to the other', async (seconds) => {
    const { id } = await newKey();
    const [wrong = '', right = ''] = rig.workers;
    await shifted(seconds, [wrong]);
    expect(await valueOf(rig.observability[wrong] ?? '', 'ankasecure_clock_agrees')).toBe(0);
    expect(await ready(right)).toBe(true);
    await eventually('the other taking over', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => sign(id)));
      for (const { status, body } of answers) if (status !== 200) expect(body).toMatchObject({ code: 'clock-skew' });
      return answers.every(({ status }) => status === 200);
    });
    await sealed(id, 'sign');
    expect(await verification(tenant.admin)).toMatchObject({ valid: true });
  });

  it('destroys nothing whose waiting period is not over, however many workers are 40 days ahead', async () => {
    const { id } = await newKey();
    const scheduled = await tenant.admin.post<Key>(`/keys/${id}/schedule-destroy`, { waitingDays: 30 });
    const objects = await objectsOf(scheduled);
    expect(objects).toBeGreaterThan(0);
    await shifted(40 * day, rig.workers);
    for (const seconds of [1, 2]) {
      await delay(seconds * 1000);
      expect(await objectsOf(scheduled)).toBe(objects);
    }
    expectProblem(await sign(id), 'clock-skew');
    await shifted(0, rig.workers);
    expect((await tenant.admin.post<Key>(`/keys/${id}/cancel-destroy`, {})).state).toBe('SUSPENDED');
    expect(await objectsOf(scheduled)).toBe(objects);
  });

  it('skips no rotation, however many workers are 100 days ahead', async () => {
    const { id } = await newKey();
    const at = Date.now() + 3_000;
    const policy = { interval: 'P30D', at: new Date(at).toISOString() };
    await tenant.admin.put(`/keys/${id}/rotation-policy`, policy);
    await shifted(100 * day, rig.workers);
    // The date passes while no worker may decide.
    await delay(at + 1_500 - Date.now());
    expect((await tenant.admin.get<Key>(`/keys/${id}`)).version).toBe(1);
    await shifted(0, rig.workers);
    await eventually('the rotation', async () => (await tenant.admin.get<Key>(`/keys/${id}`)).version === 2);
    const { nextAt } = await tenant.admin.get<{ nextAt: string }>(`/keys/${id}/rotation-policy`);
    expect(Date.parse(nextAt)).toBe(at + 30 * day * 1000);
  });

  const objectsOf = async ({ hsm: { uri } }: Key): Promise<number> => {
    const id = (/id=([%0-9A-F]+)/.exec(uri ?? '')?.[1] ?? '').replaceAll('%', '').toLowerCase();
    return (await tokenObjects(rig.hsm)).filter((object) => object.id === id).length;
  };
});

describe('an audit service whose date is wrong', () => {
  it.each([45, 100 * day, -100 * day])(
    'by %i s seals nothing until it is right, and accuses nobody',
    async (seconds) => {
      const { id } = await newKey();
      await shifted(seconds, ['audit']);
      expect((await sign(id)).status).toBe(200);
      await eventually('events that wait', async () => {
        const waiting = rig.workers.map((name) => valueOf(rig.observability[name] ?? '', 'ankasecure_outbox_events'));
        return (await Promise.all(waiting)).some((count) => (count ?? 0) > 0);
      });
      for (const name of [...rig.workers, 'gateway', 'policy']) expect(await ready(name)).toBe(true);
      await shifted(0, ['audit']);
      const [event] = await sealed(id, 'sign');
      expect(Math.abs(Date.parse(event?.sealedAt ?? '') - Date.now())).toBeLessThan(60_000);
      expect(await verification(tenant.admin)).toMatchObject({ valid: true });
    },
  );
});

describe('clocks that differ by less than the bound', () => {
  it.each([1, -1])('change nothing: %i s', async (seconds) => {
    const pids = rig.stack.pids();
    for (const name of rig.workers) shim.shift(seconds, pids[name]);
    const { id } = await newKey();
    await eventually('the skew in the metrics', async () => {
      const skew = await skewOf(rig.workers[0] ?? '', 'database');
      return Math.abs(skew - seconds) < 0.5;
    });
    for (const { status } of await Promise.all(Array.from({ length: 20 }, () => sign(id)))) expect(status).toBe(200);
    for (const name of all()) expect(await ready(name)).toBe(true);
  });
});

describe('a batch', () => {
  it.each([60, 400])('of %i items releases nothing after deactivateAt', async (count) => {
    const deactivateAt = Date.now() + 1_500;
    const key = await tenant.admin.post<Key>('/keys', {
      label: 'ends soon',
      algorithm: 'RSA-3072',
      purpose: 'sign',
      deactivateAt: new Date(deactivateAt).toISOString(),
    });
    const items = Array.from({ length: count }, () => ({ keyId: key.id, payload: 'AAAA' }));
    let refused = 0;
    /** How long the slowest batch took that was released whole, in milliseconds: an answer takes no longer to come back. */
    let slowest = 0;
    while (refused === 0) {
      const askedAt = Date.now();
      const { body } = await tenant.admin.send<{ items: { jws?: string; error?: { code: string } }[] }>(
        'POST',
        '/sign',
        {
          body: { items },
        },
      );
      const answeredAt = Date.now();
      const released = body.items.filter(({ jws }) => jws !== undefined).length;
      refused = body.items.filter(({ error }) => error?.code === 'key-state').length;
      expect(released + refused).toBe(count);
      if (released > 0) expect(answeredAt - deactivateAt).toBeLessThan(1_000 + slowest);
      slowest = Math.max(slowest, answeredAt - askedAt);
    }
  });
});
