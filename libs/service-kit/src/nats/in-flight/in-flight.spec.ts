import { type AnkaError, monotonicNow } from '@ankasecure/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AtWork } from './at-work.js';
import { workLiveness } from './liveness.js';
import { Waiters } from './waiters.js';

const { everyMs, mostSilent } = workLiveness;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pulses = (count: number) => vi.advanceTimersByTimeAsync(count * everyMs);

describe('a request that waits for its reply', () => {
  const ask = (waiters: Waiters<string>, leftMs = 60_000) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const ended = vi.fn<(outcome: string) => void>();
    promise.then(ended, ({ code, detail }: AnkaError) => ended(`${code}: ${detail}`));
    return { ended, token: waiters.add(leftMs, { subject: 'a.subject', resolve, reject, resend: vi.fn() }) };
  };

  it('fails when nothing has been heard of it for too long, and can be repeated', async () => {
    const { ended } = ask(new Waiters());
    await pulses(mostSilent);
    expect(ended).not.toHaveBeenCalled();
    await pulses(1);
    expect(ended).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^deadline-exceeded: .*fell silent/));
  });

  it('waits until its deadline while it is worked on', async () => {
    const waiters = new Waiters<string>();
    const { ended, token } = ask(waiters, 5 * mostSilent * everyMs);
    for (let half = 0; half < 9; half++) {
      await pulses(mostSilent / 2);
      waiters.heard(token);
    }
    expect(ended).not.toHaveBeenCalled();
    await pulses(mostSilent / 2);
    expect(ended).toHaveBeenCalledExactlyOnceWith('deadline-exceeded: The request did not finish in time');
  });

  it('is settled once, whatever is heard of it later', async () => {
    const waiters = new Waiters<string>();
    const { ended, token } = ask(waiters);
    waiters.settle(token, 'reply');
    expect(waiters.settle(token, 'another')).toBeUndefined();
    waiters.heard(token);
    await pulses(2 * mostSilent);
    expect(ended.mock.calls).toEqual([['reply']]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a request that is worked on', () => {
  const work = async (ms: number, deadlineMs = 60_000): Promise<readonly string[]> => {
    const told: string[] = [];
    const atWork = new AtWork((reply) => void told.push(reply));
    const done = atWork.during('the.reply', monotonicNow() + deadlineMs, () => vi.advanceTimersByTimeAsync(ms));
    await done;
    await pulses(5);
    expect(vi.getTimerCount()).toBe(0);
    return told;
  };

  it('is not mentioned if it ends within a second', async () => expect(await work(everyMs - 1)).toEqual([]));

  it('is mentioned every second after the first', async () =>
    expect(await work(4.5 * everyMs)).toEqual(['the.reply', 'the.reply', 'the.reply']));

  it('is not mentioned after its deadline', async () => expect(await work(4.5 * everyMs, -1)).toEqual([]));
});
