import { describe, expect, it } from 'vitest';
import type { ItemOutcome, Outcome } from '../connector.js';
import { Breaker } from './breaker.js';
import { freshLane, type LaneState, mostRefused, nextStep, pauseMs } from './next-step.js';
import { retryDelayMs } from './retry-delay.js';

const half = () => 0.5;
const step = (outcome: Outcome, size = 8, state: LaneState = freshLane) => nextStep(state, size, outcome, half);
const items = (text: string): ItemOutcome[] =>
  [...text].map((letter) => {
    if (letter === '+') return { result: 'delivered' };
    const result = ({ r: 'retry', p: 'poison', s: 'pause' } as const)[letter] ?? expect.unreachable();
    return { result, reason: letter };
  });

describe('the step after a batch', () => {
  it('goes over a delivered batch', () => {
    expect(step({ result: 'delivered' })).toMatchObject({ advance: 8, dead: [], waitMs: 0, fault: null, isWell: true });
  });

  it('waits after a transient failure and keeps the events', () => {
    const failed = step({ result: 'retry', reason: '503' }, 8, { ...freshLane, failures: 2 });
    expect(failed).toMatchObject({ advance: 0, dead: [], fault: '503', isPaused: false, isWell: false });
    expect(failed.state.failures).toBe(3);
    expect(failed.waitMs).toBe(2050);
  });

  it('pauses on a fault of the settings, and makes no dead letter', () => {
    expect(step({ result: 'pause', reason: '401' })).toMatchObject({
      advance: 0,
      dead: [],
      waitMs: pauseMs,
      isPaused: true,
    });
  });

  it.each([
    [8, undefined, 4],
    [3, undefined, 2],
    [8, 5, 5],
    [8, 0, 1],
    [8, 99, 4],
  ])('cuts a refused batch of %s with the event %s to %s', (size, at, limit) => {
    const cut = step({ result: 'poison', reason: 'bad', at }, size);
    expect(cut).toMatchObject({ advance: 0, dead: [], waitMs: 0 });
    expect(cut.state.limit).toBe(limit);
  });

  it('makes a dead letter of one refused event, and no more than ten in a row', () => {
    let state = freshLane;
    for (let count = 0; count < mostRefused; count++) {
      const one = step({ result: 'poison', reason: 'bad' }, 1, state);
      expect(one).toMatchObject({ advance: 1, dead: [{ at: 0, reason: 'bad' }], isPaused: false });
      state = one.state;
    }
    expect(step({ result: 'poison', reason: 'bad' }, 1, state)).toMatchObject({ advance: 0, dead: [], isPaused: true });
    const well = step({ result: 'delivered' }, 1, state).state;
    expect(step({ result: 'poison', reason: 'bad' }, 1, well)).toMatchObject({ advance: 1 });
  });

  it.each([
    ['++++', 4, [], false, false],
    ['++p+', 4, [2], false, false],
    ['p', 1, [0], false, false],
    ['+pr+', 2, [1], true, false],
    ['r+p+', 0, [], true, false],
    ['++s+', 2, [], false, true],
    ['rs', 0, [], false, true],
  ])('of the items %s goes over %s, with the dead letters %s', (text, advance, dead, waits, isPaused) => {
    const mixed = step({ result: 'items', items: items(text) }, text.length);
    expect(mixed).toMatchObject({ advance, isPaused });
    expect(mixed.dead.map(({ at }) => at)).toEqual(dead);
    expect(mixed.waitMs > 0).toBe(waits || isPaused);
  });

  it('pauses when a receiver refuses one item after the other', () => {
    const all = step({ result: 'items', items: items('p'.repeat(500)) }, 500);
    expect([all.advance, all.dead.length, all.isPaused]).toEqual([mostRefused, mostRefused, true]);
  });

  it('finds each poison event of a batch in a number of attempts that grows with the logarithm', () => {
    const bad = new Set([17, 63, 64]);
    const dead: number[] = [];
    let [state, from, attempts] = [freshLane, 0, 0];
    while (from < 128) {
      const size = Math.min(128 - from, state.limit);
      const isRefused = Array.from({ length: size }, (_, at) => from + at).some((seq) => bad.has(seq));
      const after = step(isRefused ? { result: 'poison', reason: 'bad' } : { result: 'delivered' }, size, state);
      dead.push(...after.dead.map(({ at }) => from + at));
      [state, from, attempts] = [after.state, from + after.advance, attempts + 1];
    }
    expect(dead).toEqual([...bad]);
    expect(attempts).toBeLessThan(60);
  });
});

describe('the wait before a retry', () => {
  it('is a random part of a time that doubles from one second to five minutes', () => {
    const most = Array.from({ length: 12 }, (_, failures) => retryDelayMs(failures, undefined, () => 1));
    expect(most).toEqual([1e3, 2e3, 4e3, 8e3, 16e3, 32e3, 64e3, 128e3, 256e3, 300e3, 300e3, 300e3]);
    expect(retryDelayMs(40, undefined, () => 0)).toBe(100);
  });

  it('is at least what the receiver asks for, and an hour at most', () => {
    expect(retryDelayMs(0, 30_000, half)).toBe(30_000);
    expect(retryDelayMs(0, 86_400_000, half)).toBe(3_600_000);
    expect(retryDelayMs(9, 1000, half)).toBeGreaterThan(100_000);
  });
});

describe('the circuit breaker', () => {
  it('lets one lane try while the receiver fails, and all again when it has recovered', () => {
    const breaker = new Breaker();
    for (let count = 0; count < 5; count++) breaker.note(false);
    expect([breaker.isOpen, breaker.enter(4), breaker.enter(4)]).toEqual([true, true, false]);
    breaker.leave();
    breaker.note(true);
    expect([breaker.enter(4), breaker.enter(4), breaker.enter(1)]).toEqual([true, true, false]);
  });
});
