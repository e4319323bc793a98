import { describe, expect, it } from 'vitest';
import { inTurns } from './in-turns.js';

describe('the items of a batch', () => {
  it('start a few per turn, in order, and are answered in order', async () => {
    const begun: number[] = [];
    const seen: number[] = [];
    const items = Array.from({ length: 20 }, (_, index) => index);
    const look = (): void => {
      seen.push(begun.length);
      if (begun.length < items.length) setImmediate(look);
    };
    setImmediate(look);
    const results = await inTurns(items, async (item) => {
      begun.push(item);
      return item * 2;
    });
    expect(begun).toEqual(items);
    expect(results).toEqual(items.map((item) => item * 2));
    expect(seen[0]).toBeLessThan(items.length);
  });

  it('fail together if one of them fails, whenever it does', async () => {
    const failing = inTurns(Array.from({ length: 20 }), () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
  });
});
