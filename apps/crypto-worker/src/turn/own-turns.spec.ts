import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { codeOf, inTime } from '../custody/custody.conformance.js';
import { OwnTurns } from './own-turns.js';

const of = (tenantId: string, ms?: number) => ({ ...inTime(ms), tenantId });

/** Computes for `ms` milliseconds. */
const busy = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

describe('the turns of this thread', () => {
  it('rotate between tenants, however many requests one of them sends', async () => {
    const turns = new OwnTurns();
    const order: string[] = [];
    const asked = [...Array<string>(20).fill('a'), 'b', 'b', 'c'];
    await Promise.all(asked.map((tenant) => turns.take(of(tenant), () => order.push(tenant))));
    expect(order.slice(0, 6).join('')).toBe('abcaba');
    expect(order).toHaveLength(asked.length);
  });

  it('let the event loop run between them', async () => {
    const turns = new OwnTurns();
    let done = 0;
    const all = Array.from({ length: 30 }, () =>
      turns.take(of('a'), () => {
        busy(2);
        done++;
      }),
    );
    const seen = new Set<number>();
    while (done < 30) {
      await nextTurn();
      seen.add(done);
    }
    await Promise.all(all);
    const steps = [...seen].map((count, index, counts) => count - (counts[index - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(3);
  });

  it('skip callers whose deadline has passed, and tell those callers at once', async () => {
    const turns = new OwnTurns();
    const order: string[] = [];
    const long = Array.from({ length: 20 }, () => turns.take(of('a'), () => busy(5)).then(() => order.push('done')));
    const late = turns.take(of('a', 10), () => order.push('never'));
    expect(await codeOf(late)).toBe('hsm-timeout');
    order.push('told');
    await Promise.all(long);
    expect(order.indexOf('told')).toBeLessThan(10);
    expect(order).not.toContain('never');
    expect(await codeOf(turns.take(of('a', -1), () => order.push('never')))).toBe('hsm-timeout');
    expect(order).not.toContain('never');
  });

  it('continue after a job that throws, and a caller that could not use its turn goes first', async () => {
    const turns = new OwnTurns();
    const order: number[] = [];
    const failing = turns.take(of('a'), () => {
      throw new Error('no use');
    });
    const [first, second] = [1, 2].map((one) => turns.take(of('a'), () => order.push(one)));
    const again = turns.take(of('b'), () => order.push(0), true);
    await expect(failing).rejects.toThrow('no use');
    await Promise.all([first, second, again]);
    expect(order).toEqual([0, 1, 2]);
  });

  it('are limited in number, with room left for tenants that have few', async () => {
    const turns = new OwnTurns();
    const all = Array.from({ length: 8192 }, () => turns.take(of('a'), () => undefined));
    expect(await codeOf(turns.take(of('a'), () => undefined))).toBe('hsm-unavailable');
    await expect(turns.take(of('b'), () => 'b')).resolves.toBe('b');
    await Promise.all(all);
  });
});
