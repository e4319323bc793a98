import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AnkaError,
  type Contract,
  decrypt,
  encrypt,
  monotonicNow,
  platformTenantId,
  sign,
  subjectOf,
  verify,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forkSource, tellProcess } from '../process/fork-source.js';
import { connectTestBus } from '../service/test-parts.js';
import { startTestNats } from './nats.js';
import type { TestBus } from './test-bus.js';

const slowProcess = new URL('../../../service-kit/src/nats/in-flight/slow-process.fixture.ts', import.meta.url);
const deadlineMs = 60_000;

describe('a request to a process', () => {
  let nats: Awaited<ReturnType<typeof startTestNats>>;
  let gateway: TestBus;
  const workers: ChildProcess[] = [];
  beforeAll(async () => {
    nats = await startTestNats();
    gateway = await connectTestBus('gateway', nats);
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await gateway.close();
    await nats.stop();
  });

  /** Asks a process of its own for something that takes so long, and returns when it has begun. */
  const ask = async ({ contract }: { contract: Contract }, takesMs: number) => {
    const subject = subjectOf(contract, 'default');
    const worker = forkSource(slowProcess);
    workers.push(worker);
    const config = { servers: [nats.url], nkeySeed: nats.seeds['crypto-worker'], caFile: nats.caFile };
    expect(await tellProcess(worker, { nats: config, subject })).toBe('serves');
    const began = once(worker, 'message');
    const deadline = monotonicNow() + deadlineMs;
    const context = { tenantId: platformTenantId, principal: 'alice', correlationId: 'c', deadline };
    const asked = gateway.requestRaw(subject, context, Buffer.from(JSON.stringify({ takesMs })));
    const outcome = asked.then(
      ({ head }) => ({ ok: head.ok, inTime: true }),
      ({ code, retryable, detail }: AnkaError) => ({ code, retryable, detail, inTime: monotonicNow() < deadline }),
    );
    await began;
    return { worker, outcome };
  };
  const givenUp = {
    code: 'deadline-exceeded',
    retryable: true,
    detail: expect.stringContaining('fell silent') as string,
    inTime: true,
  };

  it.concurrent('that works on it for long is answered', async () => {
    const { outcome } = await ask(encrypt, 15_000);
    expect(await outcome).toEqual({ ok: true, inTime: true });
  });

  it.concurrent('that is killed fails long before its deadline', async () => {
    const { worker, outcome } = await ask(decrypt, 2 * deadlineMs);
    worker.kill('SIGKILL');
    expect(await outcome).toEqual(givenUp);
  });

  it.concurrent('that freezes fails long before its deadline', async () => {
    const { worker, outcome } = await ask(sign, 2 * deadlineMs);
    worker.kill('SIGSTOP');
    expect(await outcome).toEqual(givenUp);
  });

  it.concurrent('that stands still for a moment is answered', async () => {
    const { worker, outcome } = await ask(verify, 1_000);
    worker.kill('SIGSTOP');
    await delay(2_000);
    worker.kill('SIGCONT');
    expect(await outcome).toEqual({ ok: true, inTime: true });
  });
});
