import { describe, expect, it } from 'vitest';
import { FairShare } from './fair-share.js';

/** Writes and commits events. */
const write = (share: FairShare, tenantId: string, events: number): void => {
  share.note(tenantId, events);
  share.committed(events);
};

const refused: unknown = expect.objectContaining({ code: 'audit-unavailable', retryable: true });

/** Writes one event at a time until the tenant is refused. @returns how many it holds */
const fill = (share: FairShare, tenantId: string): number => {
  for (let held = 0; ; held++) {
    try {
      share.assertRoom(tenantId, 1);
    } catch {
      return held;
    }
    write(share, tenantId, 1);
  }
};

describe('the room of the outbox', () => {
  it('is half for one greedy tenant, a quarter of it then for the next, and never gone for one more', () => {
    const share = new FairShare(1000);
    expect(fill(share, 'a')).toBe(500);
    expect(fill(share, 'b')).toBe(250);
    expect(fill(share, 'c')).toBe(125);
    expect(() => share.assertRoom('d', 100)).not.toThrow();
    expect(() => share.assertRoom('a', 1)).toThrow(refused);
  });

  it('charges a batch by its items', () => {
    const share = new FairShare(1000);
    expect(() => share.assertRoom('a', 1001)).toThrow(refused);
    write(share, 'b', 600);
    expect(() => share.assertRoom('a', 401)).toThrow(refused);
    expect(() => share.assertRoom('a', 400)).not.toThrow();
  });

  it('comes back as events are sealed, and as a count of the table finds fewer', () => {
    const share = new FairShare(100);
    expect(fill(share, 'a')).toBe(50);
    share.drop('a', 10);
    expect(() => share.assertRoom('a', 10)).not.toThrow();
    const take = share.begin();
    write(share, 'a', 3);
    take([{ tenantId: 'a', waiting: 20 }]);
    expect(share.waiting).toBe(23);
  });

  it('is full for all only when nobody has room', () => {
    const share = new FairShare(100);
    fill(share, 'a');
    expect(share.isFull).toBe(false);
    write(share, 'b', 50);
    expect(share.isFull).toBe(true);
    share.drop('b', 1);
    expect(share.isFull).toBe(false);
  });

  it('is none when the capacity is 0 or used up', () => {
    expect(() => new FairShare(0).assertRoom('a', 1)).toThrow(refused);
    const share = new FairShare(10);
    write(share, 'a', 10);
    expect(() => share.assertRoom('b', 1)).toThrow(refused);
  });
});
