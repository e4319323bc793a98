import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type AnkaError, encrypt, monotonicNow, platformTenantId, subjectOf } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forkSource, tellProcess } from '../process/fork-source.js';
import { connectTestBus } from '../service/test-parts.js';
import { startTestNats } from './nats.js';
import type { TestBus } from './test-bus.js';

const slowProcess = new URL('../../../service-kit/src/nats/in-flight/slow-process.fixture.ts', import.meta.url);
const subject = subjectOf(encrypt.contract, 'default');
/** Long after a requester has given up a request that it hears nothing of. */
const deadlineMs = 60_000;
/** The pause between two requests, in milliseconds. */
const everyMs = 10;

/** By then a frozen process gets no more requests, in milliseconds, on a machine that has much to do. It takes two seconds. */
const mostNoticedMs = 10_000;

/** A request, and what became of it. */
interface Asked {
  readonly id: number;
  readonly at: number;
  /** The process that answered, or the code of the failure. */
  outcome?: string;
  seconds?: number;
}

describe('two processes of a group under steady traffic', () => {
  let nats: Awaited<ReturnType<typeof startTestNats>>;
  let gateway: TestBus;
  const workers: ChildProcess[] = [];
  const begun: Record<string, number[]> = {};
  const asked: Asked[] = [];
  let going = true;
  let traffic: Promise<void>;

  const ask = async (one: Asked): Promise<void> => {
    const deadline = monotonicNow() + deadlineMs;
    const context = { tenantId: platformTenantId, principal: 'alice', correlationId: 'c', deadline };
    const body = Buffer.from(JSON.stringify({ takesMs: 1, id: one.id }));
    one.outcome = await gateway.requestRaw(subject, context, body).then(
      (reply) => reply.body.toString(),
      ({ code }: AnkaError) => code,
    );
    one.seconds = (monotonicNow() - one.at) / 1000;
  };
  const askOn = async (): Promise<void> => {
    const answers: Promise<void>[] = [];
    for (let id = 0; going; id++) {
      const one: Asked = { id, at: monotonicNow() };
      asked.push(one);
      answers.push(ask(one));
      await delay(everyMs);
    }
    await Promise.all(answers);
  };

  beforeAll(async () => {
    nats = await startTestNats();
    gateway = await connectTestBus('gateway', nats);
    const config = { servers: [nats.url], nkeySeed: nats.seeds['crypto-worker'], caFile: nats.caFile };
    for (let count = 0; count < 2; count++) {
      const worker = forkSource(slowProcess);
      workers.push(worker);
      expect(await tellProcess(worker, { nats: config, subject })).toBe('serves');
      const own: number[] = (begun[String(worker.pid)] = []);
      worker.on('message', (text: string) => void own.push((JSON.parse(text) as { id: number }).id));
    }
    traffic = askOn();
  });
  afterAll(async () => {
    going = false;
    for (const worker of workers) worker.kill('SIGKILL');
    await traffic;
    await gateway.close();
    await nats.stop();
  });

  /** What became of the last requests, without those that were just sent. All earlier ones have an outcome. */
  const lately = (): readonly string[] => {
    const count = 100;
    const settled = asked.slice(0, -count).map(({ outcome }) => outcome ?? 'pending');
    return [...new Set(settled.includes('pending') ? ['pending'] : settled.slice(-count))].toSorted();
  };
  const answeredBy = (...who: readonly ChildProcess[]) =>
    expect.poll(lately).toEqual(who.map(({ pid }) => String(pid)).toSorted());
  const failed = (): readonly Asked[] => asked.filter(({ outcome }) => Number.isNaN(Number(outcome ?? 0)));
  /** Resolves when so many more requests were sent. */
  const more = async (count: number): Promise<void> => {
    const until = asked.length + count;
    while (asked.length < until) await delay(everyMs);
  };

  it('share it, one takes it all while the other stands still, and no request is begun that was given up', async () => {
    const [frozen, other] = workers as [ChildProcess, ChildProcess];
    await more(200);
    await answeredBy(frozen, other);
    expect(failed()).toEqual([]);

    frozen.kill('SIGSTOP');
    const stopped = monotonicNow();
    await answeredBy(other);
    const lost = failed();
    expect(new Set(lost.map(({ outcome }) => outcome))).toEqual(new Set(['deadline-exceeded']));
    for (const { at, seconds = 0 } of lost) expect([at < stopped + mostNoticedMs, seconds < 20]).toEqual([true, true]);
    await more(300);
    await answeredBy(other);
    expect(failed()).toEqual(lost);

    const begunBefore = new Set(begun[String(frozen.pid)]);
    frozen.kill('SIGCONT');
    await answeredBy(frozen, other);
    const woken = (begun[String(frozen.pid)] ?? []).filter((id) => !begunBefore.has(id));
    expect(woken.length).toBeGreaterThan(0);
    expect(lost.filter(({ id }) => woken.includes(id))).toEqual([]);
    expect(failed()).toEqual(lost);
  });

  it('lose only what one had when it is killed', async () => {
    const [killed, other] = workers as [ChildProcess, ChildProcess];
    await answeredBy(killed, other);
    const before = failed().length;
    killed.kill('SIGKILL');
    const at = monotonicNow();
    await answeredBy(other);
    for (const one of failed().slice(before)) expect(one.at).toBeLessThan(at + mostNoticedMs);
  });
});
