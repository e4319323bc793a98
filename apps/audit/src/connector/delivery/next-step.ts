import type { ItemOutcome, Outcome } from '../connector.js';
import { type Random, retryDelayMs } from './retry-delay.js';

/** What a process remembers of the deliveries of one tenant's events through one connector. */
export interface LaneState {
  /** Attempts that failed since the last that did not. */
  readonly failures: number;
  /** The most events of the next batch, while a refused one is looked for. */
  readonly limit: number;
  /** Events that were refused for good since the last one that was taken. */
  readonly refused: number;
}

export const freshLane: LaneState = { failures: 0, limit: Number.POSITIVE_INFINITY, refused: 0 };

/** A receiver that refuses as many events in a row refuses not these events but us: its settings or ours are wrong. */
export const mostRefused = 10;

/** The pause after a fault that somebody must mend, in milliseconds. A change of the connector ends it. */
export const pauseMs = 900_000;

export interface DeadEvent {
  /** The index in the batch. */
  readonly at: number;
  readonly reason: string;
}

/** What follows from an outcome: in one transaction, the dead letters are written and the cursor moves over `advance` events. */
export interface Step {
  readonly advance: number;
  readonly dead: readonly DeadEvent[];
  readonly state: LaneState;
  /** How long nothing is sent. 0: the next batch follows at once. */
  readonly waitMs: number;
  /** Why the last attempt failed; null if it did not. */
  readonly fault: string | null;
  readonly isPaused: boolean;
  /** Whether the receiver is of use. A receiver that is not is left alone by all lanes of the connector. */
  readonly isWell: boolean;
}

const next = (state: LaneState, over: Partial<Step>): Step => ({
  advance: 0,
  dead: [],
  state,
  waitMs: 0,
  fault: null,
  isPaused: false,
  isWell: true,
  ...over,
});

const paused = (state: LaneState, reason: string, over: Partial<Step> = {}): Step =>
  next({ ...state, failures: 0 }, { waitMs: pauseMs, fault: reason, isPaused: true, isWell: false, ...over });

const retried = (
  state: LaneState,
  reason: string,
  retryAfterMs: number | undefined,
  random: Random,
  over: Partial<Step> = {},
): Step =>
  next(
    { ...state, failures: state.failures + 1 },
    { waitMs: retryDelayMs(state.failures, retryAfterMs, random), fault: reason, isWell: false, ...over },
  );

const tooMany = (reason: string): string => `${mostRefused} events in a row were refused, the last one with: ${reason}`;

/** A refused batch is halved until it has one event, or cut at the event that the receiver names. */
const refused = (state: LaneState, size: number, reason: string, at: number | undefined): Step => {
  if (size > 1) {
    const limit = at !== undefined && at < size ? Math.max(1, at) : Math.ceil(size / 2);
    return next({ ...state, limit }, { fault: reason });
  }
  if (state.refused >= mostRefused) return paused(state, tooMany(reason));
  const counted = { failures: 0, limit: state.limit, refused: state.refused + 1 };
  return next(counted, { advance: 1, dead: [{ at: 0, reason }], fault: reason });
};

/** Goes over the events that are done, up to the first that is not. */
const perItem = (
  state: LaneState,
  items: readonly ItemOutcome[],
  retryAfterMs: number | undefined,
  random: Random,
): Step => {
  const dead: DeadEvent[] = [];
  let row = state.refused;
  let advance = 0;
  for (const item of items) {
    if (item.result === 'retry' || item.result === 'pause') break;
    if (item.result === 'poison') {
      if (row >= mostRefused) return paused({ ...state, refused: row }, tooMany(item.reason), { advance, dead });
      dead.push({ at: advance, reason: item.reason });
    }
    row = item.result === 'poison' ? row + 1 : 0;
    advance++;
  }
  const done = { advance, dead };
  const after = { ...state, refused: row };
  const stopped = items.find((item) => item.result === 'pause');
  if (stopped?.result === 'pause') return paused(after, stopped.reason, done);
  const first = items[advance];
  if (first?.result === 'retry')
    return retried(advance > 0 ? { ...after, failures: 0 } : after, first.reason, retryAfterMs, random, done);
  return next({ ...freshLane, refused: row }, { ...done, fault: dead.at(-1)?.reason ?? null });
};

/**
 * Decides what follows from the outcome of a batch.
 * @param size the number of its events, at least 1
 */
export const nextStep = (state: LaneState, size: number, outcome: Outcome, random: Random): Step => {
  switch (outcome.result) {
    case 'delivered':
      return next({ failures: 0, limit: state.limit * 2, refused: 0 }, { advance: size });
    case 'retry':
      return retried(state, outcome.reason, outcome.retryAfterMs, random);
    case 'pause':
      return paused(state, outcome.reason);
    case 'poison':
      return refused(state, size, outcome.reason, outcome.at);
    case 'items':
      return perItem(state, outcome.items, outcome.retryAfterMs, random);
  }
};
