import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RetriedFailure } from './retried-failure.js';

describe('the log of work that is tried again', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['hrtime', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  const loggedBy = () => {
    const logged: string[] = [];
    const log = {
      warn: ({ reason }: { reason: string }, line: string) => logged.push(`${line}: ${reason}`),
      info: (line: string) => logged.push(line),
    };
    return { logged, failure: new RetriedFailure(log as never, { failed: 'fails', over: 'is over' }) };
  };
  const fail = (failure: RetriedFailure, reason: string, times: number, everyMs: number): void => {
    for (let time = 0; time < times; time++) {
      failure.failed(new Error(reason));
      vi.advanceTimersByTime(everyMs);
    }
  };

  it.each([
    { everyMs: 250, seconds: 5, lines: 1 },
    { everyMs: 250, seconds: 59, lines: 1 },
    { everyMs: 1_000, seconds: 61, lines: 2 },
    { everyMs: 500, seconds: 600, lines: 10 },
  ])('names a reason once a minute, if it fails each $everyMs ms for $seconds s', ({ everyMs, seconds, lines }) => {
    const { logged, failure } = loggedBy();
    fail(failure, 'no answer', (seconds * 1_000) / everyMs, everyMs);
    expect(logged).toEqual(Array.from({ length: lines }, () => 'fails: no answer'));
  });

  it('names another reason at once, and once that it is over', () => {
    const { logged, failure } = loggedBy();
    failure.succeeded();
    for (const reason of ['one', 'other']) fail(failure, reason, 4, 250);
    for (let time = 0; time < 3; time++) failure.succeeded();
    fail(failure, 'other', 4, 250);
    failure.succeeded();
    expect(logged).toEqual(['fails: one', 'fails: other', 'is over', 'fails: other', 'is over']);
  });

  it.each([2, 3, 10])('is no longer for %i reasons that take turns', (count) => {
    const { logged, failure } = loggedBy();
    for (let round = 0; round < 100; round++)
      for (let reason = 0; reason < count; reason++) fail(failure, String(reason), 1, 10);
    expect(logged).toHaveLength(count);
  });
});
