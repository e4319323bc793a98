import { monotonicNow } from '@ankasecure/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memberLiveness } from '../in-flight/liveness.js';
import { Members } from './members.js';

const { everyMs, mostUnanswered, askedFor } = memberLiveness;
const group = 'crypto.default';

describe('the processes of a group', () => {
  let frozen: string | undefined;
  let connected: boolean;
  let changes: string[];
  let asked: string[];
  let members: Members;
  beforeEach(() => {
    vi.useFakeTimers();
    [frozen, connected, changes, asked] = [undefined, true, [], []];
    members = new Members({
      isConnected: () => connected,
      find: () => undefined,
      ask: (name, instance) => {
        asked.push(instance);
        if (instance !== frozen) members.heard(name, instance);
      },
      changed: (_, instance, silent) => void changes.push(`${instance} ${silent ? 'silent' : 'well'}`),
    });
    for (const one of ['a', 'b', 'c']) members.heard(group, one);
  });
  afterEach(() => void vi.useRealTimers());

  /** The group stays in use meanwhile. */
  const pulses = async (count: number): Promise<void> => {
    for (let pulse = 0; pulse < count; pulse++) {
      members.choose(group);
      await vi.advanceTimersByTimeAsync(everyMs);
    }
  };
  const chosen = (): readonly (string | undefined)[] =>
    Array.from({ length: 4 }, () => members.choose(group)).toSorted();
  const anyone = [undefined, undefined, undefined, undefined];

  it('share its requests while all answer', async () => {
    await pulses(3 * mostUnanswered);
    expect([chosen(), changes]).toEqual([anyone, []]);
  });

  it('get the requests of one that is silent, in turn, until it answers again', async () => {
    frozen = 'b';
    await pulses(mostUnanswered);
    expect(chosen()).toEqual(anyone);
    await pulses(1);
    expect(chosen()).toEqual(['a', 'a', 'c', 'c']);
    frozen = undefined;
    await pulses(1);
    expect([chosen(), changes]).toEqual([anyone, ['b silent', 'b well']]);
  });

  it('share its requests when the silent one is gone', async () => {
    frozen = 'b';
    await pulses(mostUnanswered + 1);
    members.gone(group, 'b');
    expect(chosen()).toEqual(anyone);
  });

  it('share its requests while none of them answers', () => {
    const alone = new Members({ isConnected: () => true, find: vi.fn(), ask: vi.fn(), changed: vi.fn() });
    alone.heard(group, 'a');
    alone.choose(group);
    vi.advanceTimersByTime(everyMs * (mostUnanswered + 1));
    expect([alone.choose(group), alone.isSuspect(group, monotonicNow())]).toEqual([undefined, false]);
  });

  it('are away when all have been silent for long while the group is in use, until one answers', async () => {
    const { mostUnansweredByAll } = memberLiveness;
    const answering = new Set<string>();
    const all: Members = new Members({
      isConnected: () => true,
      find: () => undefined,
      ask: (name, instance) => void (answering.has(instance) && all.heard(name, instance)),
      changed: () => undefined,
    });
    expect(all.isAway(group)).toBe(false);
    for (const one of ['a', 'b']) all.heard(group, one);
    const use = async (pulses: number): Promise<void> => {
      for (let pulse = 0; pulse < pulses; pulse++) {
        all.choose(group);
        await vi.advanceTimersByTimeAsync(everyMs);
      }
    };
    await use(mostUnansweredByAll);
    expect(all.isAway(group)).toBe(false);
    await use(1);
    expect(all.isAway(group)).toBe(true);
    // Nobody was asked meanwhile, so nothing is known.
    await vi.advanceTimersByTimeAsync(everyMs * (askedFor + 2));
    expect(all.isAway(group)).toBe(false);
    await use(mostUnansweredByAll + 1);
    expect(all.isAway(group)).toBe(true);
    answering.add('b');
    await use(1);
    expect([all.isAway(group), all.choose(group)]).toEqual([false, 'b']);
    answering.clear();
    await use(mostUnansweredByAll + 1);
    all.gone(group, 'a');
    expect(all.isAway(group)).toBe(true);
    all.gone(group, 'b');
    expect(all.isAway(group)).toBe(false);
  });

  it('may have a request that is not answered if one of them is silent, or was gone after it', async () => {
    const before = monotonicNow();
    expect(members.isSuspect(group, before)).toBe(false);
    frozen = 'b';
    await pulses(mostUnanswered + 1);
    expect(members.isSuspect(group, monotonicNow())).toBe(true);
    members.gone(group, 'b');
    await pulses(1);
    expect([members.isSuspect(group, before), members.isSuspect(group, monotonicNow())]).toEqual([true, false]);
    expect(members.isSuspect('policy', before)).toBe(false);
  });

  it('are not asked while the bus is lost, or the group is not used', async () => {
    connected = false;
    await pulses(3 * mostUnanswered);
    expect(asked).toEqual([]);
    connected = true;
    await vi.advanceTimersByTimeAsync(3 * askedFor * everyMs);
    expect(asked.length).toBeLessThanOrEqual(3 * askedFor);
    expect([changes, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
