import { type Instruments, measure, type Row } from './measure.js';
import type { Durations } from './option.js';
import type { RawResult, RawToken } from './raw-token.js';
import type { StagedOperation } from './stage.js';

/** Clients and items per request of the closed loops. A peer uses the same, so that the figures can be compared. */
export const closedLoops = [
  [1, 1],
  [16, 1],
  [64, 1],
  [1, 100],
  [4, 100],
  [16, 100],
] as const;

/** The load of the open loop, as a share of the maximum that the closed loops reached. */
export const openLoad = 0.7;
const openConnections = 128;

/** Concurrent calls in the raw measurement: one, and enough to fill the lanes. */
const rawInFlight = [1, 64] as const;

export interface MeasuredOperation {
  readonly raw: readonly RawResult[];
  readonly rest: readonly Row[];
}

const rawBlock = async (raw: RawToken, name: string, seconds: number): Promise<RawResult[]> => {
  const results: RawResult[] = [];
  for (const inFlight of rawInFlight) results.push(await raw.throughLanes(name, inFlight, seconds));
  return results;
};

/** Measures one operation raw, over REST and raw again, so that both see the machine in the same state. */
export const measureOperation = async (
  instruments: Instruments,
  raw: RawToken,
  staged: StagedOperation,
  durations: Durations,
  said: (row: Row) => void,
): Promise<MeasuredOperation> => {
  const { name } = staged.operation;
  const before = await rawBlock(raw, name, durations.raw / 2);
  const rest: Row[] = [];
  const add = (row: Row): void => {
    rest.push(row);
    said(row);
  };
  for (const [clients, batch] of closedLoops)
    add(await measure(instruments, staged, { kind: 'closed', clients }, batch, durations.rest));
  const most = Math.max(...rest.filter(({ batch }) => batch === 1).map(({ perSecond }) => perSecond));
  const open = { kind: 'open', perSecond: openLoad * most, connections: openConnections } as const;
  add(await measure(instruments, staged, open, 1, durations.rest));
  add(await measure(instruments, staged, open, 1, durations.rest, 'frozen'));
  const after = await rawBlock(raw, name, durations.raw / 2);
  return { rest, raw: before.map((first, index) => average(first, after[index] ?? first)) };
};

const average = (one: RawResult, other: RawResult): RawResult => {
  const mean = (of: (result: RawResult) => number): number => (of(one) + of(other)) / 2;
  return {
    ...one,
    perSecond: mean((result) => result.perSecond),
    cpuMicros: mean((result) => result.cpuMicros),
    hsmMicros: mean((result) => result.hsmMicros),
    p50: mean((result) => result.p50),
    p99: mean((result) => result.p99),
  };
};
