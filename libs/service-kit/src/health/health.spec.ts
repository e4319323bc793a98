import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BehindDatabase, Health, NotReady } from './health.js';

let health: Health;
let base: string;
const get = async (path: string) => {
  const response = await fetch(base + path);
  return { status: response.status, body: await response.text() };
};

beforeEach(async () => {
  health = new Health('test');
  base = `http://127.0.0.1:${await health.listen('127.0.0.1', 0)}`;
});
afterEach(() => health.close());

it('is alive from the first moment, and started and ready only later', async () => {
  expect((await get('/livez')).status).toBe(200);
  expect((await get('/startupz')).status).toBe(503);
  expect((await get('/readyz')).status).toBe(503);
  health.markStarted();
  expect((await get('/startupz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(200);
});

it('is not ready while a part is not, and names the part but not the reason', async () => {
  health.markStarted();
  health.register('database', () => undefined);
  health.register('hsm', () => Promise.reject(new Error('pin 1234 refused at 10.0.0.1')));
  const { status, body } = await get('/readyz');
  expect(status).toBe(503);
  expect(JSON.parse(body)).toEqual({ status: 'not ready', parts: { database: 'ok', hsm: 'failed' } });
  expect((await get('/livez')).status).toBe(200);
});

it('tells a reason that operators may read', async () => {
  health.markStarted();
  health.register('hsm', () => Promise.reject(new Error('pin 1234 refused at 10.0.0.1')));
  health.register('nats', () => Promise.reject(new NotReady('Set the seed of north')));
  expect(JSON.parse((await get('/readyz')).body)).toEqual({
    status: 'not ready',
    parts: { hsm: 'failed', nats: 'failed' },
    reasons: { nats: 'Set the seed of north' },
  });
});

it('names a database that is older than the audit trail, and stays ready', async () => {
  health.markStarted();
  let behind: BehindDatabase | undefined = { database: 'ankadb_keys', tenants: 2 };
  health.tellBehind(() => behind);
  const answer = async () => {
    const { status, body } = await get('/readyz');
    return [status, JSON.parse(body) as unknown];
  };
  expect(await answer()).toEqual([200, { status: 'ok', parts: {}, behind: { ankadb_keys: 2 } }]);
  behind = undefined;
  expect(await answer()).toEqual([200, { status: 'ok', parts: {} }]);
});

it('offers Prometheus metrics and nothing else', async () => {
  expect((await get('/metrics')).body).toContain('process_cpu_seconds_total');
  expect((await get('/debug')).status).toBe(404);
});
