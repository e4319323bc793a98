import { describe, expect, it } from 'vitest';
import { Gather } from './gather.js';

const limits = { items: 10, size: 100, inFlight: 1 };

/** A Gather that records what it sends; each request waits until it is let go. */
const recording = (given: Partial<typeof limits> = {}) => {
  const sent: number[][] = [];
  const held: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const gather = new Gather<number, number>(
    async (items, signal) => {
      sent.push([...items]);
      signals.push(signal);
      await new Promise<void>((resolve, reject) => {
        held.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      if (items.includes(13)) throw new Error('refused');
      return items.map((item) => item * 2);
    },
    (item) => item,
    { ...limits, ...given },
  );
  /** Lets requests go as they come, until none is left. */
  const drain = async (): Promise<void> => {
    for (let idle = 0; idle < 5; idle++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const go of held.splice(0)) {
        go();
        idle = 0;
      }
    }
  };
  return { gather, sent, signals, drain };
};

describe('concurrent callers', () => {
  it('share a request, and each gets its own result', async () => {
    const { gather, sent, drain } = recording();
    const results = Promise.all([1, 2, 3].map((item) => gather.add(item)));
    await drain();
    expect(await results).toEqual([2, 4, 6]);
    expect(sent).toEqual([[1, 2, 3]]);
  });

  it('fill further requests while one is under way, within the limits of number and size', async () => {
    const { gather, sent, drain } = recording({ items: 3, size: 50 });
    const results = Promise.all([1, 1, 1, 1, 40, 40, 200, 2].map((item) => gather.add(item)));
    await drain();
    expect(await results).toEqual([2, 2, 2, 2, 80, 80, 400, 4]);
    expect(sent).toEqual([[1, 1, 1], [1, 40], [40], [200], [2]]);
  });

  it('fail together only if the request fails', async () => {
    const { gather, sent, drain } = recording({ items: 2 });
    const results = Promise.allSettled([13, 1, 2].map((item) => gather.add(item)));
    await drain();
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(sent).toEqual([[13, 1], [2]]);
  });

  it('who give up end only their own wait; the request ends when nobody is left', async () => {
    const { gather, signals, drain } = recording();
    const [first, second] = [new AbortController(), new AbortController()];
    const results = Promise.allSettled([gather.add(1, first.signal), gather.add(2, second.signal)]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    first.abort(new Error('enough'));
    expect(signals[0]?.aborted).toBe(false);
    second.abort(new Error('enough'));
    expect(signals[0]?.aborted).toBe(true);
    await drain();
    expect((await results).map((result) => result.status === 'rejected' && String(result.reason))).toEqual([
      'Error: enough',
      'Error: enough',
    ]);
  });

  it('who gave up before it was sent are not in it', async () => {
    const { gather, sent, drain } = recording();
    const abort = new AbortController();
    const left = gather.add(1, abort.signal);
    const stays = gather.add(2);
    abort.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    await drain();
    expect(await stays).toBe(4);
    expect(sent).toEqual([[2]]);
  });

  it('who give up while others are under way need not wait for them', async () => {
    const { gather, sent, drain } = recording();
    const abort = new AbortController();
    const first = gather.add(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const queued = [gather.add(2), gather.add(3, abort.signal), gather.add(4)];
    await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort(new Error('enough'));
    // The first request has not ended, nor will it before this is known.
    await expect(queued[1]).rejects.toThrow('enough');
    expect(sent).toEqual([[1]]);
    await drain();
    expect(await Promise.all([first, queued[0], queued[2]])).toEqual([2, 4, 8]);
    expect(sent).toEqual([[1], [2, 4]]);
  });
});
