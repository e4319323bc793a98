import { describe, expect, it } from 'vitest';
import { Deferrals } from './deferral.js';

describe('deferred rows', () => {
  it('are retried after one second, then two, and after ten at most', () => {
    const deferrals = new Deferrals();
    let now = 0;
    for (const pause of [1000, 2000, 4000, 8000, 10_000, 10_000]) {
      deferrals.put('1', 'a', now);
      expect(deferrals.due(256, now + pause - 1)).toEqual([]);
      now += pause;
      expect(deferrals.due(256, now)).toEqual(['1']);
    }
  });

  it('are retried tenant by tenant, and go behind the others when they fail again', () => {
    const deferrals = new Deferrals();
    for (const [id, tenant] of Object.entries({ 1: 'a', 2: 'b', 3: 'a' })) deferrals.put(id, tenant, 0);
    expect(deferrals.due(256, 5000)).toEqual(['1', '3']);
    for (const id of ['1', '3']) deferrals.put(id, 'a', 1000);
    expect(deferrals.due(256, 5000)).toEqual(['2']);
    deferrals.drop(['2']);
    expect(deferrals.due(256, 5000)).toEqual(['1', '3']);
    expect(deferrals.ids).toEqual(['1', '3']);
  });

  it('are retried in smaller groups each time, down to one row', () => {
    const deferrals = new Deferrals();
    const ids = Array.from({ length: 16 }, (_, index) => String(index));
    const atOnce = Array.from({ length: 40 }, (_, index) => {
      for (const id of ids) deferrals.put(id, 'a', index * 10_000);
      return deferrals.due(16, (index + 1) * 10_000).length;
    });
    expect(atOnce.slice(0, 4)).toEqual([16, 4, 1, 1]);
    expect(atOnce.at(-1)).toBe(1);
  });
});
