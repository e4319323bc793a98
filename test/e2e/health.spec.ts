import { beforeAll, describe, expect, it } from 'vitest';
import { scrape, valueOf } from './harness/metric.js';
import type { Rig } from './harness/rig.js';
import { sharedRig } from './harness/shared-rig.js';
import { newTenant } from './harness/tenant.js';

let rig: Rig;
beforeAll(async () => {
  rig = await sharedRig();
});
const processes = ['gateway', 'policy', 'audit', 'crypto-worker-1', 'crypto-worker-2'] as const;

/** The parts that a service needs to be ready, besides database, bus and clock. */
const needs: Readonly<Record<string, readonly string[]>> = {
  gateway: ['outbox'],
  policy: ['outbox', 'platform-tenant'],
  'crypto-worker-1': ['outbox', 'hsm'],
  'crypto-worker-2': ['outbox', 'hsm'],
};
const partsOf = (name: string): readonly string[] => ['database', 'nats', 'clock', ...(needs[name] ?? [])];

describe.each(processes)('%s', (name) => {
  const get = (path: string) => fetch(`${rig.observability[name]}${path}`);

  it('is live, started and ready, part by part', async () => {
    for (const path of ['/livez', '/startupz']) {
      const response = await get(path);
      expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
    }
    const ready = await get('/readyz');
    const parts = Object.fromEntries(partsOf(name).map((part) => [part, 'ok']));
    // Another spec of the same stack may have left a trail that is refused: it is named beside the parts.
    const { behind: _, ...answer } = (await ready.json()) as { behind?: unknown };
    expect([ready.status, answer]).toEqual([200, { status: 'ok', parts }]);
    expect((await get('/elsewhere')).status).toBe(404);
  });

  it('serves the metrics of its process', async () => {
    const samples = await scrape(rig.observability[name] ?? '');
    expect(samples.find((sample) => sample.name === 'process_cpu_seconds_total')?.value).toBeGreaterThan(0);
    expect(new Set(samples.map(({ labels }) => labels['service']))).toEqual(new Set([name.replace(/-\d$/, '')]));
  });
});

describe('the public port', () => {
  const get = (path: string) => fetch(`${rig.baseUrl}${path}`);

  it('serves the probes without naming parts, and no metrics', async () => {
    for (const path of ['/livez', '/readyz', '/startupz']) {
      const response = await get(path);
      expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
    expect((await get('/metrics')).status).toBe(404);
  });

  it('describes the API without a token', async () => {
    const description = (await (await get('/api/v1/openapi.json')).json()) as { openapi: string; paths: object };
    expect(description.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(description.paths)).toContain('/sign');
    const page = await get('/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });
});

describe('metrics', () => {
  it('count requests in the service that handled them', async () => {
    const value = async (process: string, name: string, labels: Readonly<Record<string, string>>): Promise<number> =>
      (await valueOf(rig.observability[process] ?? '', name, labels)) ?? 0;
    const signatures = async (): Promise<number> => {
      const counts = rig.workers.map((worker) =>
        value(worker, 'ankasecure_pkcs11_seconds_count', { call: 'sign', ok: 'true' }),
      );
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    };
    const answers = { operation: 'sign', status: '200' };
    const tenant = await newTenant(rig);
    const key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    const before = [await value('gateway', 'ankasecure_http_requests_total', answers), await signatures()] as const;
    for (let time = 0; time < 5; time++) await tenant.admin.post('/sign', { keyId: key.id, payload: 'AAAA' });
    expect(await value('gateway', 'ankasecure_http_requests_total', answers)).toBe(before[0] + 5);
    expect(await signatures()).toBeGreaterThanOrEqual(before[1] + 5);
  });
});
