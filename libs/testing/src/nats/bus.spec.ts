import { randomUUID } from 'node:crypto';
import { type Context, encrypt, platformTenantId, subjectOf } from '@ankasecure/contracts';
import type { Bus } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTestBus } from '../service/test-parts.js';
import { startTestNats } from './nats.js';

const { contract } = encrypt;

describe('a reply', () => {
  let nats: Awaited<ReturnType<typeof startTestNats>>;
  let worker: Bus;
  let gateway: Bus;
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

  const ask = () => {
    const context: Context = {
      tenantId: platformTenantId,
      principal: 'alice',
      correlationId: randomUUID(),
      deadline: Date.now() + 10_000,
    };
    return gateway.requestRaw(subjectOf(contract, 'default'), context, Buffer.from('{}'));
  };
  const head = Buffer.byteLength('{"ok":true}\n');

  it('may be as large as the server takes', async () => {
    reply = Buffer.alloc(worker.maxPayload - head, 32);
    expect((await ask()).body.length).toBe(reply.length);
  });

  it('that is larger is a failure the caller hears of at once', async () => {
    reply = Buffer.alloc(worker.maxPayload - head + 1, 32);
    const { head: answered, body } = await ask();
    expect(answered).toMatchObject({ ok: false, error: { code: 'body-too-large', retryable: false } });
    expect(answered).toHaveProperty('error.detail', expect.stringContaining('fewer or smaller items'));
    expect(body.length).toBe(0);
  });
});
