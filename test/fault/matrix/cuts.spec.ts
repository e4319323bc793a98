import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { errors, isErrorCode } from '@ankasecure/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client, Method } from '../../e2e/harness/client.js';
import { newTenant, platformClient, type Tenant } from '../../e2e/harness/tenant.js';
import { eventually } from '../../e2e/harness/wait.js';
import { type FaultRig, startFaultRig } from './fault-rig.js';
import { isReady } from './readiness.js';

const cuts = Number(process.env['ANKASECURE_CUTS'] ?? 115);

/** Longer than any route may take: a cut can lose the answer of a service, and the gateway then waits for it. Milliseconds. */
const patienceMs = 110_000;

let rig: FaultRig;
let tenant: Tenant;
let platform: Client;
beforeAll(async () => {
  rig = await startFaultRig();
  tenant = await newTenant(rig);
  platform = await platformClient(rig);
});
afterAll(() => rig.stop(), 120_000);

interface Call {
  readonly client: Client;
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Requests of every kind: reading, using, making and changing, in every service. */
const calls = async (): Promise<readonly (() => Call)[]> => {
  const { admin } = tenant;
  const key = async (algorithm: 'EC-P256' | 'AES-256') => (await tenant.createKey({ algorithm })).id;
  const [signing, rotated, toggled, wrapping] = [
    await key('EC-P256'),
    await key('EC-P256'),
    await key('AES-256'),
    await key('AES-256'),
  ];
  const post = (path: string, body: unknown, client = admin) => ({ client, method: 'POST', path, body }) as const;
  const get = (path: string) => ({ client: admin, method: 'GET', path }) as const;
  const once = (call: Call): Call => ({ ...call, headers: { 'idempotency-key': randomUUID() } });
  let turn = 0;
  return [
    () => post('/sign', { items: Array.from({ length: 5 }, () => ({ keyId: signing, payload: 'AAAA' })) }),
    () => post('/encrypt', { keyId: wrapping, plaintext: 'AAAA' }),
    () => once(post('/keys', { algorithm: 'AES-256', label: 'made among cuts' })),
    () => post(`/keys/${rotated}/rotate`, {}),
    () => post(`/keys/${toggled}/${turn++ % 2 === 0 ? 'suspend' : 'resume'}`, {}),
    () => get('/keys?limit=5'),
    () => get(`/keys/${signing}`),
    () => get('/policy/versions'),
    () => get('/audit/events?limit=3'),
    () => post('/audit/verify', {}),
    () => once(post('/tenants', { slug: `t-${randomUUID()}`, name: 'made among cuts' }, platform)),
    () => get('/service-accounts'),
    () => get('/issuers'),
  ];
};

it(`${cuts} cuts of connections end no process, and every failure can be retried`, { timeout: 600_000 }, async () => {
  const before = rig.stack.pids();
  const failures = new Map<string, number>();
  let [answered, going] = [0, true];
  const loops = (await calls()).map(async (next) => {
    while (going) {
      const { client, method, path, ...sending } = next();
      const reply = await client.send<{ code?: string } | undefined>(method, path, {
        ...sending,
        timeoutMs: patienceMs,
      });
      const code = reply.body?.code ?? '';
      // A change may have happened before the cut hid its answer, and the next one then meets another state.
      const follows = ['key-state', 'tenant-exists'].includes(code);
      if (reply.status < 300) answered++;
      else if (!follows && !(isErrorCode(code) && errors[code].retryable)) {
        const what = `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, 'ID')}: ${reply.status} ${code}`;
        failures.set(what, (failures.get(what) ?? 0) + 1);
        console.info(what, reply.correlationId);
      }
      await delay(20);
    }
  });
  const links = Object.values(rig.network).flatMap(({ database, bus }) => [database, database, database, bus]);
  for (let cut = 0; cut < cuts; cut++) {
    links[randomInt(links.length)]?.cut();
    await delay(randomInt(20, 300));
  }
  await eventually('readiness after the last cut', () => isReady(rig));
  const answeredBefore = answered;
  await eventually('answers after the last cut', () => answered > answeredBefore + 20);
  going = false;
  await Promise.all(loops);
  expect(rig.stack.pids()).toEqual(before);
  expect(Object.fromEntries(failures)).toEqual({});
});
