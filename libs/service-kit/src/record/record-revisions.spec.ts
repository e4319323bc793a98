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
    query: async (_: string, [, count, floor]: [string, number?, number?]) =>
      count === undefined || floor === undefined
        ? [{ revision: this.held }]
        : [{ revision: this.tells(Math.max(this.held, floor) + count), before: this.held }],
  } as unknown as EntityManager;
}

/** @param heads what the trail holds; null if the audit service does not answer */
const processWith = (heads: readonly RecordHead[] | null = []): RecordRevisions =>
  new RecordRevisions('crypto-worker', {
    request: async () => {
      if (heads === null) throw new AnkaError('service-unavailable');
      return { revision: Math.max(0, ...heads.map(({ revision }) => revision)) };
    },
  } as never);

describe('the revisions of records', () => {
  let counter: Counter;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'hrtime'], now: start });
    counter = new Counter();
  });
  afterEach(() => void vi.useRealTimers());

  const take = async (one: RecordRevisions, count = 1, earlier = 0, isCompared = true, position = 0) =>
    (await one.take(counter.manager, tenantId, { count, earlier, position, isCompared }))?.first;
  /** The next attempt of a caller who is asked to try again. */
  const takeAgain = (one: RecordRevisions) =>
    take(one).catch((error) => {
      expect(error).toMatchObject({ code: 'audit-unavailable', retryable: true });
      return take(one);
    });

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
    expect(await takeAgain(processWith([head(7)]))).toBeUndefined();
  });

  it('are the next of the counter while nobody knows whether it is that of a backup', async () => {
    const one = processWith();
    counter.held = 5;
    expect(await take(one, 2, 0, false)).toBe(6);
    expect(await one.take(counter.manager, tenantId, { count: 1, earlier: 9, position: 0, isCompared: true })).toEqual({
      first: start * 1000 + 1,
      before: 5,
    });
    counter.tells = () => 2 ** 52;
    expect(await takeAgain(one)).toBeUndefined();
  });

  it('follow a counter that is ahead by less than clocks may differ', async () => {
    counter.held = latestRevision(new Clock(clockDefaults)) - 1;
    expect(await take(processWith())).toBe(counter.held + 1);
  });

  it('of a later decision exceed those of all that failed before, whichever process decided', async () => {
    const [one, other] = [processWith(), processWith()];
    counter.tells = (honest) => honest + 1_900_000;
    const kept = (await take(one)) ?? 0;
    counter.tells = (honest) => honest;
    expect(await take(one)).toBeGreaterThan(kept);
    expect(await take(other)).toBeLessThan(kept);
    vi.advanceTimersByTime(10_000);
    expect(await take(processWith())).toBeGreaterThan(kept);
  });

  describe('that are ahead of the clock', () => {
    const hourUs = 3_600_000_000;
    const future = start * 1000 + 24 * hourUs;

    it('go on after those of the trail, as long as the trail says so', async () => {
      counter.held = future;
      expect(await takeAgain(processWith([head(3), head(future), head(9)]))).toBe(future + 1);
      expect(await takeAgain(processWith([head(3)]))).toBeUndefined();
      await expect(takeAgain(processWith(null))).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
    });

    it.each([1, 50, 2_000])('are driven ahead by no more than numbers, however often: %i times', async (times) => {
      const trail = [head(latestRevision(new Clock(clockDefaults)))];
      const first = trail[0]?.revision ?? 0;
      for (let time = 0; time < times; time++) {
        const top = trail.at(-1)?.revision ?? 0;
        counter.held = top;
        for (const more of [60_000_000, 4_000_000, 10_001]) {
          counter.tells = () => top + more;
          expect(await takeAgain(processWith(trail))).toBeUndefined();
        }
        counter.tells = () => top + 10_000;
        const taken = await takeAgain(processWith(trail));
        expect(taken).toBe(top + 10_000);
        trail.push(head(taken ?? 0));
      }
      expect((trail.at(-1)?.revision ?? 0) - first).toBe(times * 10_000);
    });

    it.each<readonly [string, (one: RecordRevisions) => Promise<number | undefined>]>([
      ['it has heard of', (one) => (one.learn(tenantId, [head(future)]), take(one))],
      ['its record has', (one) => take(one, 1, future)],
      ['the trail is said to hold', (one) => take(one, 1, 0, true, future)],
    ])('are exceeded by those of a process, whatever the counter says: %s', async (_, by) => {
      expect(await by(processWith([head(4), head(future + 5)]))).toBe(future + 6);
    });

    it('are asked about before the counter is locked, never while it is', async () => {
      let isLocked = false;
      const { query } = counter.manager;
      const manager = {
        ...counter.manager,
        query: async (...all: Parameters<typeof query>) => {
          isLocked = true;
          return query(...all);
        },
      } as EntityManager;
      const asked: boolean[] = [];
      const one = new RecordRevisions('crypto-worker', {
        request: async () => {
          asked.push(isLocked);
          return { revision: future };
        },
      } as never);
      counter.held = future;
      const attempt = () => one.take(manager, tenantId, { count: 1, earlier: 0, position: 0, isCompared: true });
      await expect(attempt()).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
      expect(asked).toEqual([]);
      isLocked = false;
      expect((await attempt())?.first).toBe(future + 1);
      expect(asked).toEqual([false]);
    });

    const meanwhile = [0, 1, 500, 20_000].flatMap((moved) => [0, 3_000].map((waitMs) => ({ moved, waitMs })));

    it.each(meanwhile)(
      'are asked about before a lock, and again under it only if others have taken numbers: $moved in $waitMs ms',
      async ({ moved, waitMs }) => {
        let top = future;
        let requests = 0;
        const one = new RecordRevisions('crypto-worker', {
          request: async () => {
            requests++;
            return { revision: top };
          },
        } as never);
        one.learn(tenantId, [head(future)]);
        counter.held = future;
        const manager = { ...counter.manager, queryRunner: {} } as EntityManager;
        for (let lock = 0; lock < 2; lock++) await one.prepare(manager, tenantId, 0);
        expect(requests).toBe(1);
        top += moved;
        counter.held = top;
        vi.advanceTimersByTime(waitMs);
        // Answers of one second are shared.
        if (waitMs === 0) vi.advanceTimersByTime(1_001);
        const taken = await one.take(manager, tenantId, { count: 1, earlier: 0, position: 0, isCompared: true });
        expect(taken?.first).toBe(top + 1);
        expect(requests).toBe(moved === 0 ? 1 : 2);
      },
    );

    it('are not asked about again under a lock if the trail did not answer before it', async () => {
      let requests = 0;
      const one = new RecordRevisions('crypto-worker', {
        request: async () => {
          requests++;
          throw new AnkaError('service-unavailable');
        },
      } as never);
      one.learn(tenantId, [head(future)]);
      counter.held = future;
      const manager = { ...counter.manager, queryRunner: {} } as EntityManager;
      await one.prepare(manager, tenantId, 0);
      const taken = one.take(manager, tenantId, { count: 1, earlier: 0, position: 0, isCompared: true });
      await expect(taken).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
      expect(requests).toBe(1);
    });

    it('are asked about before a lock only if anything is known of them', async () => {
      const one = processWith(null);
      const manager = { ...counter.manager, queryRunner: {} } as EntityManager;
      await one.prepare(manager, tenantId, 0);
      expect(await one.take(manager, tenantId, { count: 1, earlier: 0, position: 0, isCompared: true })).toEqual({
        first: start * 1000 + 1,
        before: 0,
      });
    });

    it('are asked about once in a transaction, however long it takes', async () => {
      let requests = 0;
      const one = new RecordRevisions('crypto-worker', {
        request: async () => {
          requests++;
          return { revision: future };
        },
      } as never);
      one.learn(tenantId, [head(future)]);
      counter.held = future;
      const taken = [];
      for (const queryRunner of [{}, {}])
        for (let change = 0; change < 3; change++) {
          const manager = { ...counter.manager, queryRunner } as EntityManager;
          taken.push(
            (await one.take(manager, tenantId, { count: 1, earlier: 0, position: 0, isCompared: true }))?.first,
          );
          vi.advanceTimersByTime(2_000);
        }
      expect(taken).toEqual([1, 2, 3, 4, 5, 6].map((step) => future + step));
      expect(requests).toBe(2);
    });

    it.each([1, 60, 11 * 3_600])(
      'of changes that failed while a clock was %i s ahead refuse nobody',
      async (seconds) => {
        const one = processWith([]);
        vi.setSystemTime(start + seconds * 1000);
        const failed = (await take(one)) ?? 0;
        vi.setSystemTime(start);
        vi.advanceTimersByTime(10);
        expect(await takeAgain(one)).toBeGreaterThan(failed);
        expect(await takeAgain(processWith([]))).toBe((start + 10) * 1000 + 1);
      },
    );

    it('are not sealed where the audit service would refuse them', async () => {
      const one = processWith([]);
      vi.setSystemTime(start + 13 * 3_600_000);
      await take(one);
      vi.setSystemTime(start);
      await expect(take(one)).rejects.toMatchObject({ code: 'clock-skew' });
    });
  });

  it('take a later time if they had to wait for other changes', async () => {
    const { query } = counter.manager;
    let waited = false;
    const manager = {
      ...counter.manager,
      query: async (...all: Parameters<typeof query>) => {
        if (!waited) vi.advanceTimersByTime(5_000);
        waited = true;
        return query(...all);
      },
    } as EntityManager;
    const taken = await processWith().take(manager, tenantId, { count: 1, earlier: 0, position: 0, isCompared: true });
    expect(taken).toEqual({ first: (start + 5_000) * 1000 + 1, before: 0 });
  });

  const told = [-2_000, -1_000, 0, 1_000, 2_000];
  const waits = [0, 3_000, 18_000];
  it.each(told.flatMap((one) => told.flatMap((other) => waits.map((wait) => [one, other, wait] as const))))(
    'are no more than four seconds ahead of a later decision, whatever times databases tell: %i ms, and %i ms in an answer that takes %i ms',
    async (oneMs, otherMs, wait) => {
      const now = performance.now();
      const reading = (ms: number, waitMs: number) => ({
        said: start - waitMs + ms,
        asked: now - waitMs,
        answered: now,
      });
      const takeAt = async (ms: number, tells: Telling, waitMs = 0) => {
        const clock = new Clock(clockDefaults);
        clock.learn(reading(ms, waitMs));
        counter = new Counter();
        setClockOf(counter.manager.dataSource, clock);
        counter.tells = tells;
        return { taken: await take(processWith()).catch(() => undefined), latest: latestRevision(clock) };
      };
      const { latest } = await takeAt(oneMs, (honest) => honest);
      const { taken: kept } = await takeAt(oneMs, () => latest);
      const { taken: later } = await takeAt(otherMs, (honest) => honest, wait);
      expect((kept ?? 0) - (later ?? 0)).toBeLessThanOrEqual(4_000_000);
    },
  );

  it('are not taken while the clocks disagree', async () => {
    const clock = new Clock(clockDefaults);
    clock.learn({ said: start + 60_000, asked: performance.now(), answered: performance.now() });
    setClockOf(counter.manager.dataSource, clock);
    await expect(take(processWith())).rejects.toMatchObject({ code: 'clock-skew' });
  });
});
