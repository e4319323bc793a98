import type { ChainRow, ChainStart } from '@ankasecure/audit-event';
import { monotonicNow } from '@ankasecure/contracts';
import { ownContext } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { MacSource } from '../../mac/mac-source.js';
import type { Connector, Outcome } from '../connector.js';
import { type Advance, advanceLane, type Hold, type Lane } from '../store/cursor.sql.js';
import { nextBatch } from './batch.js';
import { deliveredEvent } from './delivered-event.js';
import { type LaneState, nextStep, pauseMs, type Step } from './next-step.js';
import type { Random } from './retry-delay.js';
import { readDelivered, readSealedSlice, TrailDiffers } from './sealed-slice.js';

/** The time that the workers may take for the MAC of a seal, in milliseconds. */
const macBudgetMs = 10_000;

/** The services that a delivery uses. */
export interface DeliveryParts {
  readonly dataSource: DataSource;
  readonly macs: MacSource;
  readonly random: Random;
}

/** A lane that this process holds. */
export interface HeldLane {
  readonly lane: Lane;
  readonly hold: Hold;
  /** Where the next event must follow. */
  readonly start: ChainStart;
  readonly state: LaneState;
  /** Ends the delivery: the lease is over, the delivery takes too long, or the process stops. */
  readonly signal: AbortSignal;
  /** No batch but the first begins later, in milliseconds of the monotonic clock. */
  readonly until: number;
}

/** The result of delivering a slice. */
export interface Delivered {
  readonly state: LaneState;
  readonly delivered: number;
  readonly dead: number;
  /** Undefined if nothing was sent, or the lease ended. */
  readonly isWell: boolean | undefined;
  readonly fault: string | null;
  readonly isPaused: boolean;
  /** The rows of the database are not those that were sealed. */
  readonly differs: boolean;
}

/** Delivers one slice of a tenant's events, batch by batch, until a batch does not go through. */
export const deliverSlice = async (
  parts: DeliveryParts,
  connector: Connector,
  { lane, hold, start, state, signal, until }: HeldLane,
): Promise<Delivered> => {
  const counts = { delivered: 0, dead: 0, differs: false };
  let rows: readonly ChainRow[];
  try {
    rows = await rowsOf(parts, lane, start);
    // Nothing has proved where the cursor stands, so nothing before it is sent again either.
    if (rows.length === 0) return { ...counts, state, isWell: undefined, fault: null, isPaused: false };
    const failed = await repeatLast(parts, connector, { lane, start, signal });
    if (signal.aborted) return { ...counts, state, isWell: undefined, fault: null, isPaused: false };
    if (failed !== undefined) {
      const step = nextStep(state, rows.length, failed, parts.random);
      await advanceLane(parts.dataSource, hold, advanceOf(rows, { ...step, advance: 0, dead: [] }));
      const { isWell, fault, isPaused } = step;
      return { ...counts, state: step.state, isWell, fault, isPaused };
    }
  } catch (error) {
    if (!(error instanceof TrailDiffers)) throw error;
    const fault = `The trail in ankadb_audit is not the one that was sealed. ${error.message}`;
    await advanceLane(parts.dataSource, hold, { dead: [], waitMs: pauseMs, fault, isPaused: true });
    return { ...counts, state, isWell: undefined, fault, isPaused: true, differs: true };
  }
  return { ...counts, ...(await deliverRows(parts, connector, rows, { hold, state, signal, until })) };
};

const rowsOf = (
  { dataSource, macs }: DeliveryParts,
  { tenantId, head }: Lane,
  start: ChainStart,
): Promise<readonly ChainRow[]> =>
  readSealedSlice(dataSource, tenantId, start, head, macs.under(ownContext('audit', macBudgetMs, tenantId)));

/**
 * Sends again what may have been lost with the last connection. The cursor does not move.
 * @returns what went wrong; undefined if nothing did
 */
const repeatLast = async (
  { dataSource }: DeliveryParts,
  connector: Connector,
  { lane: { tenantId }, start, signal }: Pick<HeldLane, 'lane' | 'start' | 'signal'>,
): Promise<Outcome | undefined> => {
  const prepared = (await connector.prepare?.(tenantId, start.seq - 1, signal)) ?? 'ready';
  if (prepared === 'ready') return undefined;
  if ('outcome' in prepared) return prepared.outcome;
  let rows = await readDelivered(dataSource, tenantId, start, prepared.repeat);
  while (rows.length > 0) {
    const batch = nextBatch(connector, rows, deliveredEvent);
    // One that cannot be sent is a dead letter already.
    const events = 'events' in batch ? batch.events : [];
    const outcome = events.length === 0 ? undefined : await connector.send(events, signal);
    if (outcome !== undefined && outcome.result !== 'delivered') return outcome;
    rows = rows.slice(Math.max(1, events.length));
  }
  prepared.done();
  return undefined;
};

const deliverRows = async (
  parts: DeliveryParts,
  connector: Connector,
  slice: readonly ChainRow[],
  { hold, state, signal, until }: Pick<HeldLane, 'hold' | 'state' | 'signal' | 'until'>,
): Promise<Omit<Delivered, 'differs'>> => {
  const counts = { delivered: 0, dead: 0 };
  let rows = slice;
  let last: Step | undefined;
  let current = state;
  const isEnded = (): boolean => signal.aborted;
  while (rows.length > 0 && !isEnded() && (last === undefined || monotonicNow() < until)) {
    const step = await sendNext(parts, connector, rows, current, signal);
    // An attempt that was ended here says nothing about the receiver.
    if (isEnded() && step.advance === 0) break;
    if (!(await advanceLane(parts.dataSource, hold, advanceOf(rows, step)))) break;
    [last, current] = [step, step.state];
    counts.delivered += step.advance - step.dead.length;
    counts.dead += step.dead.length;
    rows = rows.slice(step.advance);
    if (step.waitMs > 0) break;
  }
  return {
    ...counts,
    state: current,
    isWell: last?.isWell,
    fault: last?.fault ?? null,
    isPaused: last?.isPaused ?? false,
  };
};

const sendNext = async (
  { random }: DeliveryParts,
  connector: Connector,
  rows: readonly ChainRow[],
  state: LaneState,
  signal: AbortSignal,
): Promise<Step> => {
  const most = Math.max(1, Math.floor(state.limit));
  const batch = nextBatch(connector, rows, deliveredEvent, most);
  if ('unsendable' in batch) {
    const outcome: Outcome = { result: 'poison', reason: batch.unsendable.reason };
    return nextStep(state, 1, outcome, random);
  }
  return nextStep(state, batch.events.length, await connector.send(batch.events, signal), random);
};

/** The place that a step moves the cursor to, and its dead letters. */
const advanceOf = (rows: readonly ChainRow[], { advance, dead, waitMs, fault, isPaused }: Step): Advance => {
  const to = rows[advance - 1];
  return {
    to: to && { seq: to.seq, hash: to.hash, sealedAt: to.sealedAt },
    dead: dead.flatMap(({ at, reason }) => {
      const row = rows[at];
      return row === undefined ? [] : [{ seq: row.seq, eventId: row.eventId, reason }];
    }),
    waitMs,
    fault,
    isPaused,
  };
};
