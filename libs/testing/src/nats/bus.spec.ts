import { randomUUID } from 'node:crypto';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { type Context, encrypt, monotonicNow, platformTenantId, subjectOf } from '@ankasecure/contracts';
import { BusConnection, createLogger, Health } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseSubscription } from '../fault/refuse-subscription.js';
import { connectTestBus } from '../service/test-parts.js';
import { startTestNats } from './nats.js';
import type { TestBus } from './test-bus.js';

const { contract } = encrypt;

describe('a reply', () => {
  let nats: Awaited<ReturnType<typeof startTestNats>>;
  let worker: TestBus;
  let gateway: TestBus;
  let reply = Buffer.alloc(0);
  beforeAll(async () => {
    nats = await startTestNats();
    [worker, gateway] = await Promise.all([connectTestBus('crypto-worker', nats), connectTestBus('gateway', nats)]);
    worker.serveRaw(contract, 'default', async () => ({ head: { ok: true }, body: reply }));
    await worker.flushed();
  });
  afterAll(async () => {
    await Promise.all([worker.close(), gateway.close()]);
    await nats.stop();
  });

  const ask = (caller = gateway) => {
    const context: Context = {
      tenantId: platformTenantId,
      principal: 'alice',
      correlationId: randomUUID(),
      deadline: monotonicNow() + 60_000,
    };
    return caller.requestRaw(subjectOf(contract, 'default'), context, Buffer.from('{}'));
  };
  const head = Buffer.byteLength('{"ok":true}\n');

  it('can be as large as the server allows', async () => {
    reply = Buffer.alloc(worker.maxPayload - head, 32);
    expect((await ask()).body.length).toBe(reply.length);
  });

  it('tells the clock of the process that answers, once a second at most', async () => {
    reply = Buffer.alloc(10);
    const other = await connectTestBus('gateway', nats);
    const before = Date.now();
    for (let times = 0; times < 3; times++) await ask(other);
    const [peer, ...others] = other.connection.peers.skews();
    expect(peer).toMatchObject({ service: 'crypto-worker' });
    expect(Math.abs(peer?.aheadMs ?? Number.NaN)).toBeLessThan(1000 + Date.now() - before);
    expect(others).toEqual([]);
    // This process's clock is set 45 s ahead of the worker's, and then behind.
    for (const shift of [45_000, -45_000]) {
      const [shifted] = other.connection.peers.skews(Date.now() + shift);
      expect(Math.abs((shifted?.aheadMs ?? Number.NaN) - shift)).toBeLessThan(1000 + Date.now() - before);
    }
    await other.close();
  });

  it('that is larger fails for the caller at once', async () => {
    reply = Buffer.alloc(worker.maxPayload - head + 1, 32);
    const { head: answered, body } = await ask();
    expect(answered).toMatchObject({ ok: false, error: { code: 'body-too-large', retryable: false } });
    expect(answered).toHaveProperty('error.detail', expect.stringContaining('fewer or smaller items'));
    expect(body.length).toBe(0);
  });
});

describe('a connection', () => {
  let nats: Awaited<ReturnType<typeof startTestNats>>;
  let gateway: TestBus;
  beforeAll(async () => {
    nats = await startTestNats();
    gateway = await connectTestBus('gateway', nats);
  });
  afterAll(async () => {
    await gateway.close();
    await nats.stop();
  });

  const workerThat = async (serves: () => Promise<void>): Promise<TestBus> => {
    const worker = await connectTestBus('crypto-worker', nats);
    worker.serveRaw(contract, 'default', async () => (await serves(), { head: { ok: true } }));
    await worker.flushed();
    return worker;
  };
  const ask = () => {
    const context = {
      tenantId: platformTenantId,
      principal: 'alice',
      correlationId: 'c',
      deadline: monotonicNow() + 60_000,
    };
    return gateway.requestRaw(subjectOf(contract, 'default'), context, Buffer.from('{}'));
  };

  it('that drains answers requests on the wire, and leaves later ones to others', async () => {
    const worker = await workerThat(() => delay(50));
    const asked = Array.from({ length: 20 }, ask);
    await turn();
    // The requests have reached the worker's socket, but the worker has not read them yet.
    for (const end = Date.now() + 300; Date.now() < end; );
    await worker.drain();
    for (const { head } of await Promise.all(asked)) expect(head.ok).toBe(true);
    await expect(ask()).rejects.toMatchObject({ code: 'service-unavailable' });
    await worker.close();
  });

  it('that is lost fails at once every request that waits for a reply', async () => {
    const worker = await workerThat(() => delay(60_000, undefined, { ref: false }));
    const asked = ask();
    // At its deadline it would fail as `deadline-exceeded`.
    const failed = expect(asked).rejects.toMatchObject({ code: 'service-unavailable', retryable: true });
    await delay(100);
    nats.process.signal('SIGKILL');
    await failed;
    await worker.close();
  });
});

describe('the readiness of a connection', () => {
  let nats: Awaited<ReturnType<typeof startTestNats>>;
  let worker: TestBus;
  let health: Health;
  beforeAll(async () => {
    nats = await startTestNats();
    worker = await connectTestBus('crypto-worker', nats);
    worker.serveRaw(contract, 'default', async () => ({ head: { ok: true } }));
    health = new Health('crypto-worker');
    health.register('nats', () => worker.connection.check());
    health.markStarted();
  });
  afterAll(async () => {
    await worker.close();
    await nats.stop();
  });

  const isReady = async () => (await health.readiness()).ready;
  const becomes = (ready: boolean) => expect.poll(isReady).toBe(ready);

  it('follows a server that is frozen, which counts as lost after a while', async () => {
    await becomes(true);
    nats.process.signal('SIGSTOP');
    await becomes(false);
    await expect.poll(() => worker.isConnected()).toBe(false);
    nats.process.signal('SIGCONT');
    await becomes(true);
    expect(worker.isConnected()).toBe(true);
  });

  it('follows a server that withdraws a subscription, and that refuses it again and again', async () => {
    await becomes(true);
    const allow = refuseSubscription(nats, subjectOf(contract, 'default'));
    await becomes(false);
    await expect.poll(async () => [worker.isConnected(), await isReady()]).toEqual([true, false]);
    expect((await health.readiness()).reasons?.['nats']).toMatch(/permissions of the service crypto-worker/);
    allow();
    await becomes(true);
    const gateway = await connectTestBus('gateway', nats);
    const context = {
      tenantId: platformTenantId,
      principal: 'alice',
      correlationId: 'c',
      deadline: monotonicNow() + 60_000,
    };
    expect((await gateway.requestRaw(subjectOf(contract, 'default'), context, Buffer.from('{}'))).head.ok).toBe(true);
    await gateway.close();
  });

  it('needs the permissions of the partition that a worker is to serve, before it serves anything', async () => {
    const config = { servers: [nats.url], nkeySeed: nats.seeds['crypto-worker'], caFile: nats.caFile };
    const log = createLogger('crypto-worker', 'fatal');
    const open = (partition: string) => BusConnection.open('crypto-worker', { ...config, partition }, log);
    const [own, other] = [await open('default'), await open('north')];
    await own.check();
    for (let time = 0; time < 3; time++)
      await expect(other.check()).rejects.toThrow(/crypto-worker of the partition north/);
    await Promise.all([own.close(), other.close()]);
  });
});
