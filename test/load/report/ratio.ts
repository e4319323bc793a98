import { isProcess } from '../machine/cpu-meter.js';
import type { Row } from '../measure.js';
import type { RawResult } from '../raw-token.js';

/** The share of the token's raw rate that REST reaches, and its additional cost. */
export interface Ratio {
  readonly operation: string;
  /** The maximum rate through lanes, per second. */
  readonly raw: number;
  /** The maximum requests per second of the closed loops. */
  readonly single: number;
  readonly singleRatio: number;
  /** The maximum items per second in batches. */
  readonly batch: number;
  readonly batchRatio: number;
  /** Server-Timing total − hsm with one client, in milliseconds. */
  readonly addedP50: number;
  readonly addedP99: number;
  /** CPU milliseconds per request with 16 clients: all processes except generator and benchmark … */
  readonly cpu: number;
  /** … minus the CPU time of the same raw call in one thread. */
  readonly cpuBesidesToken: number;
  readonly cpuPerBatchItem: number;
  /** The latency of the open loop, in milliseconds. */
  readonly openP50: number;
  readonly openP99: number;
  /** `openP99` against the same load while the audit service takes no CPU. */
  readonly openP99OfFrozen: number;
}

const isOurs = (name: string): boolean => isProcess(name) && name !== 'load generator' && name !== 'benchmark';

export const cpuOf = ({ cpu }: Pick<Row, 'cpu'>): number =>
  Object.entries(cpu).reduce((sum, [name, ms]) => (isOurs(name) ? sum + ms : sum), 0);

const most = (values: readonly number[]): number => Math.max(0, ...values);

export const ratioOf = (operation: string, rows: readonly Row[], raws: readonly RawResult[]): Ratio => {
  const own = rows.filter((row) => row.operation === operation);
  const ownRaw = raws.filter((result) => result.operation === operation);
  const closed = (clients: number, batch: number): Row | undefined =>
    own.find((row) => row.shape.kind === 'closed' && row.shape.clients === clients && row.batch === batch);
  const open = (audit: Row['audit']): Row | undefined =>
    own.find((row) => row.shape.kind === 'open' && row.audit === audit);
  const p99 = (row: Row | undefined): number => row?.latency?.p99 ?? Number.NaN;
  const raw = most(ownRaw.filter(({ inFlight }) => inFlight > 0).map(({ perSecond }) => perSecond));
  const single = most(
    own.filter((row) => row.batch === 1 && row.shape.kind === 'closed').map(({ perSecond }) => perSecond),
  );
  const batches = own.filter((row) => row.batch > 1);
  const batch = most(batches.map(({ itemsPerSecond }) => itemsPerSecond));
  const tokenMs = (ownRaw.find(({ inFlight }) => inFlight === 0)?.cpuMicros ?? 0) / 1000;
  const sixteen = closed(16, 1);
  const cpu = sixteen === undefined ? Number.NaN : cpuOf(sixteen);
  return {
    operation,
    raw,
    single,
    singleRatio: single / raw,
    batch,
    batchRatio: batch / raw,
    addedP50: closed(1, 1)?.added?.p50 ?? Number.NaN,
    addedP99: closed(1, 1)?.added?.p99 ?? Number.NaN,
    cpu,
    cpuBesidesToken: cpu - tokenMs,
    cpuPerBatchItem: Math.min(...batches.map((row) => cpuOf(row) / row.batch)),
    openP50: open('at work')?.latency?.p50 ?? Number.NaN,
    openP99: p99(open('at work')),
    openP99OfFrozen: p99(open('at work')) / p99(open('frozen')),
  };
};
