import { describe, expect, it } from 'vitest';
import { isDue, RoundOrder } from './due-trail.js';

const trailOf = (tenantId: string, behind: number, size = 0) => ({ tenantId, seq: size + behind, size, ageMs: 9_000 });

describe('a trail', () => {
  it('is due for a thousand events, and for one when the last is eight seconds old', () => {
    const due = (seq: number, size: number, ageMs: number): boolean => isDue({ tenantId: 'a', seq, size, ageMs });
    expect([due(1, 0, 0), due(1001, 1, 0), due(2, 1, 8_000)]).toEqual([true, true, true]);
    expect([due(1000, 1, 0), due(2, 1, 7_999), due(1, 1, 60_000)]).toEqual([false, false, false]);
  });
});

describe('a round', () => {
  const short = [trailOf('a', 1), trailOf('b', 5_000), trailOf('c', 3, 9_000_000)];
  const long = [trailOf('x', 5_001), trailOf('y', 8_000_000), trailOf('z', 6_000, 1_000_000)];

  it('has every trail that is a short way behind, and one of the others at a time, each in its turn', () => {
    const order = new RoundOrder();
    const rounds = Array.from({ length: 9 }, () => order.choose([...long, ...short]).map(({ tenantId }) => tenantId));
    for (const round of rounds) expect(round.slice(1)).toEqual(['a', 'b', 'c']);
    expect(rounds.map(([first]) => first).join('')).toBe('xyzxyzxyz');
  });

  it('gives a trail that comes later its turn before those that had one', () => {
    const order = new RoundOrder();
    order.choose(long);
    expect(order.choose([...long, trailOf('new', 10_000)])[0]?.tenantId).toBe('y');
    expect(order.choose([trailOf('x', 9_000), trailOf('new', 10_000)])[0]?.tenantId).toBe('new');
    expect(order.choose(short)).toEqual(short);
  });
});
