import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectProblem } from '../e2e/harness/problem.js';
import { failingParts } from '../e2e/harness/readiness.js';
import { crash, type Replacement, startNatsAgain, startPostgresAgain } from '../e2e/harness/restart.js';
import { type OwnRig, startOwnRig } from '../e2e/harness/rig.js';
import { newTenant, type Tenant } from '../e2e/harness/tenant.js';
import { verification } from '../e2e/harness/trail.js';
import { eventually } from '../e2e/harness/wait.js';
import { checkHistory } from './check-history.js';
import { collectHistory, nothingLeft } from './collect-history.js';
import type { Request } from './history.js';
import { type Keys, loadKeys, startLoad } from './load.js';

/** A small limit, so that the outbox is full soon after the audit service stops. */
const outboxCapacity = 60;
const awayMs = 1000;

let rig: OwnRig;
let tenant: Tenant;
let keys: Keys;
const replacements: Replacement[] = [];
beforeAll(async () => {
  const configuration = { outbox: { capacity: outboxCapacity } };
  rig = await startOwnRig({ services: { 'crypto-worker': { configuration } } });
  tenant = await newTenant(rig);
  keys = await loadKeys(tenant);
});
afterAll(async () => {
  await rig.stop();
  for (const replacement of replacements) await replacement.stop();
});

const settled = async (requests: readonly Request[]): Promise<void> => {
  await nothingLeft(rig);
  expect(checkHistory(await collectHistory(rig, tenant.id, requests))).toEqual([]);
  expect((await verification(tenant.admin)).valid).toBe(true);
};
const ready = (name: string): Promise<boolean> =>
  eventually(`${name} is ready`, async () => (await failingParts(rig.observability[name] ?? '')) === undefined);

describe('recovers by itself, and loses nothing, when', () => {
  const killed =
    (...names: readonly string[]) =>
    async (): Promise<void> => {
      await Promise.all(names.map((name) => rig.stack.kill(name)));
      await delay(awayMs);
      await Promise.all(names.map((name) => rig.stack.restart(name)));
    };
  const outages: readonly (readonly [string, () => Promise<void>])[] = [
    ['the audit service dies', () => killed('audit')()],
    ['a worker dies', () => killed('crypto-worker-1')()],
    ['all workers die', () => killed('crypto-worker-1', 'crypto-worker-2')()],
    ['policy dies', () => killed('policy')()],
    ['the gateway dies', () => killed('gateway')()],
    [
      'NATS crashes',
      async () => {
        await crash(rig.stack.nats.process);
        await delay(awayMs);
        replacements.push(await startNatsAgain(rig));
      },
    ],
    [
      'PostgreSQL crashes',
      async () => {
        await crash(rig.stack.postgres.process);
        await delay(awayMs);
        replacements.push(await startPostgresAgain(rig));
      },
    ],
  ];

  it.each(outages)('%s', async (_, outage) => {
    const load = startLoad(tenant, keys);
    await eventually('answers before it', () => load.released() > 20);
    await outage();
    const before = load.released();
    await eventually('answers after it', () => load.released() > before + 20);
    await settled(await load.stop());
    for (const name of rig.stack.names()) await ready(name);
  });
});

describe('with the audit service away', () => {
  beforeEach(() => nothingLeft(rig));

  it('continues until the outbox is full, then refuses everything, and recovers by itself', async () => {
    await rig.stack.kill('audit');
    const requests: Request[] = [];
    const sign = async (): Promise<number> => {
      const reply = await tenant.admin.send('POST', '/sign', { body: { keyId: keys.sign, payload: 'AAAA' } });
      const request = { correlationId: reply.correlationId, operation: 'sign', items: 1 };
      requests.push(reply.status === 200 ? { ...request, released: ['success'] } : request);
      if (reply.status !== 200) expectProblem(reply, 'audit-unavailable');
      return reply.status;
    };
    // Each worker has its own counter, and reads the shared table when it cannot send.
    await eventually('a full outbox', async () => (await sign()) === 503);
    await eventually('a full outbox at every worker', async () => {
      const statuses: number[] = [];
      for (let time = 0; time < 16; time++) statuses.push(await sign());
      return statuses.every((status) => status === 503);
    });
    // A tenant alone gets half of the room, by each worker's own count of it. A count is at most one too high, by an outcome
    // that was recorded while it was taken, and does not have what the other worker has recorded since.
    const released = requests.filter((request) => request.released !== undefined).length;
    expect(released).toBeGreaterThanOrEqual(outboxCapacity / 2 - 1);
    expect(released).toBeLessThanOrEqual(outboxCapacity);

    const refused = [
      ['/encrypt', { keyId: keys.wrap, plaintext: 'AAAA' }],
      ['/decrypt', { jwe: keys.jwe }],
      ['/verify', { keyId: keys.sign, payload: 'AAAA', signature: 'AAAA' }],
      ['/sign', { items: [{ keyId: keys.sign, payload: 'AAAA' }] }],
      ['/keys', { algorithm: 'EC-P256', label: 'not now' }],
    ] as const;
    for (const [path, body] of refused) {
      const reply = await tenant.admin.send('POST', path, { body });
      expectProblem(reply, 'audit-unavailable');
      expect(reply.headers.get('retry-after')).toBe('1');
    }
    await rig.stack.restart('audit');
    await eventually('signatures again', async () => (await sign()) === 200);
    await settled(requests);
  });
});
