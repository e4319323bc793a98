import { AnkaError, type RecordHead } from '@ankasecure/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock } from '../clock/clock.js';
import { setClockOf } from '../clock/clock-of.js';
import { clockDefaults } from '../config/section.js';
import { latestRevision, RecordRevisions } from './record-revisions.js';

const tenantId = '00000000-0000-7000-8000-000000000001';
const start = Date.UTC(2026, 0, 1);
const head = (revision: number): RecordHead => ({
  kind: 'key',
  id: 'k',
  seq: 1,
  revision,
  digest: null,
  state: null,
});

/** What the database answers to a change, by what an honest one would. */
type Telling = (honest: number) => number;

/** One database that is asked by any number of processes. Nothing commits unless `held` is set. */
class Counter {
  held = 0;
  tells: Telling = (honest) => honest;
  readonly manager = {
    dataSource: {} as DataSource,
    query: async (_: string, [, count, floor]: [string, number, number]) => [
      { revision: this.tells(Math.max(this.held, floor) + count), before: this.held },
    ],
  } as unknown as EntityManager;
}

/** @param heads what the trail holds; null if the audit service does not answer */
const processWith = (heads: readonly RecordHead[] | null = []): RecordRevisions =>
  new RecordRevisions('crypto-worker', {
    request: async () => {
      if (heads === null) throw new AnkaError('service-unavailable');
      return { heads, complete: true };
    },
  } as never);

describe('the revisions of records', () => {
  let counter: Counter;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'hrtime'], now: start });
    counter = new Counter();
  });
  afterEach(() => void vi.useRealTimers());

  const take = async (one: RecordRevisions, count = 1, earlier = 0, isCompared = true) =>
    (await one.take(counter.manager, tenantId, { count, earlier, isCompared }))?.first;

  it('are the time, and the next numbers if the time has had them', async () => {
    const one = processWith();
    expect(await take(one)).toBe(start * 1000 + 1);
    expect(await take(one, 500)).toBe(start * 1000 + 2);
    expect(await take(one)).toBe(start * 1000 + 502);
    vi.advanceTimersByTime(1);
    expect(await take(one)).toBe(start * 1000 + 1001);
  });

  it('exceed those of the records that change', async () => {
    const one = processWith();
    const earlier = start * 1000 + 77;
    expect(await take(one, 3, earlier)).toBe(earlier + 1);
  });

  it.each<readonly [string, Telling]>([
    ['one that another change has had', (honest) => honest - 1],
    ['one of a counter that was put back', () => 5],
    ['a very high one', () => 2 ** 52],
    ['one a minute ahead', (honest) => honest + 60_000_000],
    ['no number', () => Number.NaN],
    ['an endless one', () => Number.POSITIVE_INFINITY],
    ['a part of one', (honest) => honest + 0.5],
  ])('are not taken from a database that tells %s', async (_, tells) => {
    counter.tells = tells;
    expect(await take(processWith([head(7)]))).toBeUndefined();
  });

  it('are the next of the counter while nobody knows whether it is that of a backup', async () => {
    const one = processWith();
    counter.held = 5;
    expect(await take(one, 2, 0, false)).toBe(6);
    expect(await one.take(counter.manager, tenantId, { count: 1, earlier: 9, isCompared: true })).toEqual({
      first: start * 1000 + 1,
      before: 5,
    });
    counter.tells = () => 2 ** 52;
    expect(await take(one, 1, 0, false)).toBeUndefined();
  });

  it('follow a counter that is ahead by less than clocks may differ', async () => {
    counter.held = latestRevision(new Clock(clockDefaults)) - 1;
    expect(await take(processWith())).toBe(counter.held + 1);
  });

  it('of a later decision exceed those of all that failed before, whichever process decided', async () => {
    const [one, other] = [processWith(), processWith()];
    counter.tells = (honest) => honest + 3_000_000;
    const kept = (await take(one)) ?? 0;
    counter.tells = (honest) => honest;
    expect(await take(one)).toBeGreaterThan(kept);
    expect(await take(other)).toBeLessThan(kept);
    vi.advanceTimersByTime(10_000);
    expect(await take(processWith())).toBeGreaterThan(kept);
  });

  it('go on after those of the trail if clocks were ahead once, as long as the trail says so', async () => {
    const future = start * 1000 + 86_400_000_000;
    counter.held = future;
    expect(await take(processWith([head(3), head(future), head(9)]))).toBe(future + 1);
    expect(await take(processWith([head(3)]))).toBeUndefined();
    await expect(take(processWith(null))).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
  });

  it('are not taken while the clocks disagree', async () => {
    const clock = new Clock(clockDefaults);
    clock.learn({ said: start + 60_000, asked: performance.now(), answered: performance.now() });
    setClockOf(counter.manager.dataSource, clock);
    await expect(take(processWith())).rejects.toMatchObject({ code: 'clock-skew' });
  });
});
