import { monotonicNow } from '@ankasecure/contracts/monotonic';
import { describe, expect, it } from 'vitest';
import { type OperationName, operationNumber } from '../job/job.js';
import { type Job, JobQueue } from './job-queue.js';

const jobOf = (operation: OperationName, changes: Partial<Job> = {}): Job => ({
  operation: operationNumber(operation),
  variant: 0,
  tenant: 'a',
  deadline: monotonicNow() + 60_000,
  parts: [],
  resolve: () => undefined,
  reject: () => undefined,
  slow: false,
  attempts: 0,
  loginEpoch: 0,
  settled: false,
  over: null,
  ...changes,
});

const queueOf = (count: number, micros: number, operation: OperationName = 'sign'): JobQueue => {
  const queue = new JobQueue();
  for (let round = 0; round < 50; round++) queue.learn(jobOf(operation), micros);
  for (let index = 0; index < count; index++) queue.push(jobOf(operation));
  return queue;
};

describe('job queue', () => {
  it('gives each lane its share, sixty-four at most', () => {
    expect(queueOf(100, 50).takeFast(2, monotonicNow())).toHaveLength(50);
    expect(queueOf(1000, 10).takeFast(2, monotonicNow())).toHaveLength(64);
  });

  it('gives little work to one lane instead of waking several', () => {
    expect(queueOf(6, 50).takeFast(10, monotonicNow())).toHaveLength(6);
    expect(queueOf(6, 5_000).takeFast(10, monotonicNow())).toHaveLength(1);
  });

  it('keeps batches short if jobs are long', () => {
    expect(queueOf(100, 1_000).takeFast(1, monotonicNow())).toHaveLength(4);
    expect(queueOf(100, 3_000).takeFast(1, monotonicNow())).toHaveLength(1);
    expect(queueOf(100, 80_000).takeFast(1, monotonicNow())).toHaveLength(1);
  });

  it('lets jobs that must not run twice travel alone', () => {
    const queue = new JobQueue();
    for (const operation of ['sign', 'sign', 'generate', 'generate', 'sign'] as const) queue.push(jobOf(operation));
    const batches = [1, 2, 3, 4].map(() => queue.takeFast(1, monotonicNow()).map((job) => job.operation));
    const [sign, generate] = [operationNumber('sign'), operationNumber('generate')];
    expect(batches).toEqual([[sign, sign], [generate], [generate], [sign]]);
  });

  it('lets tenants take turns, however many requests one of them sends, and keeps each tenant’s order', () => {
    const queue = new JobQueue();
    const push = (tenant: string, count: number): void => {
      for (let index = 0; index < count; index++) queue.push(jobOf('sign', { tenant, attempts: index }));
    };
    for (let round = 0; round < 50; round++) queue.learn(jobOf('sign'), 1_000);
    push('loud', 100);
    push('quiet', 2);
    push('other', 1);
    const order = [1, 2]
      .flatMap(() => queue.takeFast(1, monotonicNow()))
      .map(({ tenant, attempts }) => `${tenant} ${attempts}`);
    expect(order).toEqual(['loud 0', 'quiet 0', 'other 0', 'loud 1', 'quiet 1', 'loud 2', 'loud 3', 'loud 4']);
    expect(queue.length).toBe(95);
  });

  it('gives a lane only the jobs it is reserved for, and leaves the others their turn', () => {
    const queue = new JobQueue();
    for (let round = 0; round < 50; round++) queue.learn(jobOf('sign'), 1_000);
    for (const tenant of ['loud', 'loud', 'quiet', 'loud']) queue.push(jobOf('sign', { tenant }));
    const takenFor = (admits?: (tenant: string) => boolean): string[] =>
      queue.takeFast(1, monotonicNow(), admits).map(({ tenant }) => tenant);
    expect(takenFor((tenant) => tenant !== 'loud')).toEqual(['quiet']);
    expect(takenFor((tenant) => tenant !== 'loud')).toEqual([]);
    expect(takenFor()).toEqual(['loud', 'loud', 'loud']);
  });

  it('puts jobs that have waited before first', () => {
    const queue = queueOf(3, 5_000);
    queue.putInFront(jobOf('sign', { tenant: 'b' }));
    expect(queue.takeFast(1, monotonicNow())).toMatchObject([{ tenant: 'b' }]);
    expect(queue.length).toBe(3);
  });

  it('is full for the tenant that filled it, and not for others', () => {
    const queue = queueOf(100, 50);
    expect(queue.hasRoom({ tenant: 'a', slow: false }, 101)).toBe(true);
    expect(queue.hasRoom({ tenant: 'a', slow: false }, 100)).toBe(false);
    expect(queue.hasRoom({ tenant: 'b', slow: false }, 100)).toBe(true);
    let waiting = 100;
    for (let tenant = 0; tenant < 1000; tenant++)
      for (let one = 0; one < 100 && queue.hasRoom({ tenant: `${tenant}`, slow: false }, 100); one++, waiting++)
        queue.push(jobOf('sign', { tenant: `${tenant}` }));
    expect(waiting).toBe(200);
  });

  it('answers expired jobs and hands out the rest', async () => {
    const queue = new JobQueue();
    const rejected = new Promise((reject) => queue.push(jobOf('sign', { deadline: 5, reject })));
    queue.push(jobOf('sign'));
    queue.push(jobOf('generate', { slow: true, deadline: 5 }));
    queue.expire(monotonicNow());
    expect(await rejected).toMatchObject({ code: 'hsm-timeout' });
    expect([queue.takeFast(1, monotonicNow()).length, queue.takeSlow(monotonicNow()).length, queue.length]).toEqual([
      1, 0, 0,
    ]);
  });

  it('skips a job whose deadline has passed, and answers it', async () => {
    const queue = new JobQueue();
    const rejected = new Promise((reject) => queue.push(jobOf('sign', { deadline: 5, reject })));
    queue.push(jobOf('sign', { tenant: 'b' }));
    queue.push(jobOf('generate', { slow: true, deadline: 5 }));
    expect(queue.takeFast(1, monotonicNow())).toMatchObject([{ tenant: 'b' }]);
    expect(queue.takeSlow(monotonicNow())).toEqual([]);
    expect(queue.length).toBe(0);
    expect(await rejected).toMatchObject({ code: 'hsm-timeout' });
  });

  it('treats a token that answers at once as one that computes on this machine', () => {
    expect(queueOf(1, 50).cheap).toBe(true);
    expect(queueOf(1, 700).cheap).toBe(false);
    expect(new JobQueue().cheap).toBe(false);
  });
});
