import { describe, expect, it } from 'vitest';
import { Deferrals } from './deferral.js';

const idsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

/** The tenant of a trail, and which of its rows cannot be sealed at a time. */
interface Trail {
  readonly tenantId: string;
  readonly isRefused: (ids: readonly string[], now: number) => boolean;
}

/** The pause between two deliveries, in milliseconds. */
const loopMs = 100;

/** Retries as the relay does, until a time or until nothing is deferred. @returns the number of rows of each retry, by time */
const retry = (deferrals: Deferrals, trails: readonly Trail[], from: number, until: number) => {
  const retries: { readonly at: number; readonly tenantId: string; readonly rows: number; readonly sealed: boolean }[] =
    [];
  for (let now = from; now < until && deferrals.tenants.length > 0; now += loopMs) {
    const due = deferrals.due(now);
    if (due === undefined) continue;
    const { tenantId, ids } = due;
    const sealed = trails.find((trail) => trail.tenantId === tenantId)?.isRefused(ids, now) !== true;
    if (sealed) {
      deferrals.drop(due);
      deferrals.retried(tenantId, now);
    } else deferrals.refused(due, now);
    retries.push({ at: now, tenantId, rows: ids.length, sealed });
  }
  return retries;
};

describe('deferred rows', () => {
  it('are retried after one second, then two, and after ten at most', () => {
    const deferrals = new Deferrals(256);
    deferrals.put('a', ['1'], 0);
    let now = 0;
    for (const pause of [1000, 2000, 4000, 8000, 10_000, 10_000]) {
      expect(deferrals.due(now + pause - 1)).toBeUndefined();
      now += pause;
      expect(deferrals.due(now)).toEqual({ tenantId: 'a', ids: ['1'] });
      deferrals.refused({ tenantId: 'a', ids: ['1'] }, now);
    }
  });

  it('are retried tenant by tenant, and go behind the others when they fail again', () => {
    const deferrals = new Deferrals(2);
    deferrals.put('a', ['1', '3', '5'], 0);
    deferrals.put('b', ['2'], 0);
    expect(deferrals.due(5000)).toEqual({ tenantId: 'a', ids: ['1', '3'] });
    deferrals.refused({ tenantId: 'a', ids: ['1', '3'] }, 1000);
    expect(deferrals.due(5000)).toEqual({ tenantId: 'b', ids: ['2'] });
    deferrals.drop({ tenantId: 'b', ids: ['2'] });
    expect(deferrals.due(5000)).toEqual({ tenantId: 'a', ids: ['5'] });
    expect(deferrals.ids).toEqual(['5', '1', '3']);
    expect(deferrals.tenants).toEqual(['a']);
  });

  it('are retried in smaller groups each time, down to one row', () => {
    const deferrals = new Deferrals(16);
    deferrals.put('a', idsOf(100), 0);
    const retries = retry(deferrals, [{ tenantId: 'a', isRefused: () => true }], 0, 400_000);
    expect(retries.slice(0, 4).map(({ rows }) => rows)).toEqual([16, 4, 1, 1]);
    expect(retries.at(-1)?.rows).toBe(1);
    expect(retries.length).toBeLessThan(45);
  });

  const refusals = [0, 1, 2, 3, 10].flatMap((refused) =>
    [1, 300, 20_000].flatMap((rows) => [16, 256].map((batch) => ({ refused, rows, batch }))),
  );

  it.each(refusals)(
    'leave $batch at once soon after a refusal of $refused retries has ended: $rows',
    ({ refused, rows, batch }) => {
      const deferrals = new Deferrals(batch);
      deferrals.put('a', idsOf(rows), 0);
      let left = refused;
      const retries = retry(deferrals, [{ tenantId: 'a', isRefused: () => left-- > 0 }], 0, Number.POSITIVE_INFINITY);
      const sealed = retries.filter((one) => one.sealed);
      expect(retries.length - sealed.length).toBe(refused);
      expect(sealed.reduce((sum, one) => sum + one.rows, 0)).toBe(rows);
      expect(sealed.length).toBeLessThanOrEqual(Math.ceil(rows / batch) + Math.ceil(Math.log(batch) / Math.log(4)));
      const [first] = sealed;
      expect(sealed.every(({ at }, index) => at === (first?.at ?? 0) + index * loopMs)).toBe(true);
    },
  );

  it.each([1, 16, 255, 300, 5_000].flatMap((rows) => ['first', 'middle', 'last'].map((where) => ({ rows, where }))))(
    'leave within a minute or so but for one that cannot be sealed: of $rows the $where',
    ({ rows, where }) => {
      const deferrals = new Deferrals(256);
      const all = idsOf(rows);
      deferrals.put('a', all, 0);
      const stuck = all.at({ first: 0, middle: rows >> 1, last: -1 }[where] ?? 0) ?? expect.unreachable();
      const isRefused = (ids: readonly string[]): boolean => ids.includes(stuck);
      const retries = retry(deferrals, [{ tenantId: 'a', isRefused }], 0, 90_000);
      expect(deferrals.ids).toEqual([stuck]);
      expect(retries.filter((one) => one.sealed).length).toBeLessThan(30 + rows / 64);
      expect(retries.filter((one) => !one.sealed).length).toBeLessThan(30);
    },
  );

  it.each([1, 500, 20_000])('of a tenant do not wait for %i of another that stays refused', (rows) => {
    const deferrals = new Deferrals(256);
    deferrals.put('refused', idsOf(rows), 0);
    deferrals.put('sound', ['x', 'y'], 0);
    const trails = [
      { tenantId: 'refused', isRefused: () => true },
      { tenantId: 'sound', isRefused: (_: readonly string[], now: number) => now < 1_500 },
    ];
    const retries = retry(deferrals, trails, 0, 60_000);
    expect(retries.filter(({ tenantId }) => tenantId === 'sound').at(-1)).toMatchObject({ rows: 2, sealed: true });
    expect(retries.filter(({ tenantId }) => tenantId === 'sound').length).toBe(2);
    // One row in ten seconds.
    expect(retries.filter(({ tenantId }) => tenantId === 'refused').length).toBeLessThan(12);
  });

  it('are retried at once when another of the tenant is sealed, and not each time', () => {
    const deferrals = new Deferrals(16);
    deferrals.put('a', idsOf(100), 0);
    retry(deferrals, [{ tenantId: 'a', isRefused: () => true }], 0, 50_000);
    expect(deferrals.due(50_000)).toBeUndefined();
    deferrals.sealed('a', 50_000);
    const due = deferrals.due(50_000) ?? expect.unreachable();
    expect(due.ids).toHaveLength(4);
    deferrals.refused(due, 50_000);
    deferrals.sealed('a', 50_000);
    expect(deferrals.due(50_000)).toBeUndefined();
    deferrals.put('a', ['new'], 50_000);
    deferrals.sealed('a', 50_000);
    expect(deferrals.due(50_000)?.tenantId).toBe('a');
  });
});
