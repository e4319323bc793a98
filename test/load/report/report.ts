import type { Cell } from '../baseline/alternate.js';
import { isProcess } from '../machine/cpu-meter.js';
import type { Memory } from '../machine/process-tree.js';
import { clientsOf, type Row } from '../measure.js';
import type { RawResult } from '../raw-token.js';
import { rate } from '../statistic.js';
import { type Aim, aimsOf, references } from './aim.js';
import { baselineRatios, baselineTable, noiseLine } from './baseline.js';
import { cpuOf, type Ratio, ratioOf } from './ratio.js';
import { short, table } from './table.js';

export interface AuditCount {
  readonly requests: number;
  readonly sealed: number;
  /** The maximum number of outcomes waiting at the last answer of a measurement. */
  readonly largestBacklog: number;
  /** Events sealed per second while nothing else ran. */
  readonly sealedPerSecond: number;
}

export interface Findings {
  readonly at: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly options: object;
  readonly raw: readonly RawResult[];
  readonly rest: readonly Row[];
  readonly memory: Readonly<Record<string, Memory>>;
  readonly audit: AuditCount;
  /** The comparisons in alternation. */
  readonly cells: readonly Cell[];
}

/** The time to seal the backlogs that measurements left. */
export const sealingRate = (rows: readonly Row[]): number => {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return rate(
    sum(({ drain }) => drain.backlog),
    sum(({ drain }) => (drain.backlog > 0 ? drain.seconds : 0)),
  );
};

const loadOf = ({ shape, batch, audit }: Row): string => {
  const open = audit === 'frozen' ? 'open, 70 %, audit frozen' : 'open, 70 %';
  const what = shape.kind === 'open' ? open : `${clientsOf(shape)} client${shape.clients > 1 ? 's' : ''}`;
  return batch > 1 ? `${what} × ${batch}` : what;
};

const lanesOf = ({ inFlight }: RawResult): string =>
  inFlight === 0 ? 'one thread, no lanes' : `lanes, ${inFlight} in flight`;

const rawTable = (raw: readonly RawResult[]): string =>
  table(
    'Raw PKCS#11, same token, same lanes',
    [
      { heading: 'operation', of: ({ operation }: RawResult) => operation },
      { heading: 'how', of: lanesOf },
      { heading: '/s', of: ({ perSecond }) => perSecond },
      { heading: 'p50 ms', of: ({ p50 }) => p50 },
      { heading: 'p99 ms', of: ({ p99 }) => p99 },
      { heading: 'CPU µs', of: ({ cpuMicros }) => cpuMicros },
      { heading: 'in token µs', of: ({ hsmMicros }) => hsmMicros },
    ],
    raw,
  );

const restTable = (rest: readonly Row[]): string =>
  table(
    'REST (latency ms; the open loop counts from the intended time of sending)',
    [
      { heading: 'operation', of: ({ operation }: Row) => operation },
      { heading: 'load', of: loadOf },
      { heading: 'req/s', of: ({ perSecond }) => perSecond },
      { heading: 'items/s', of: ({ itemsPerSecond }) => itemsPerSecond },
      { heading: 'p50', of: ({ latency }) => latency?.p50 ?? Number.NaN },
      { heading: 'p90', of: ({ latency }) => latency?.p90 ?? Number.NaN },
      { heading: 'p99', of: ({ latency }) => latency?.p99 ?? Number.NaN },
      { heading: 'max', of: ({ latency }) => latency?.max ?? Number.NaN },
      { heading: 'hsm p50', of: ({ hsm }) => hsm?.p50 ?? Number.NaN },
      { heading: 'worker p50', of: ({ worker }) => worker?.p50 ?? Number.NaN },
      { heading: 'added p50', of: ({ added, batch }) => (batch > 1 ? Number.NaN : (added?.p50 ?? Number.NaN)) },
      { heading: 'added p99', of: ({ added, batch }) => (batch > 1 ? Number.NaN : (added?.p99 ?? Number.NaN)) },
      { heading: 'CPUs busy elsewhere', of: ({ elsewhere }) => elsewhere },
      { heading: 'late p99', of: ({ lateness }) => lateness?.p99 ?? Number.NaN },
    ],
    rest,
  );

const cpuTable = (rest: readonly Row[]): string => {
  const names = [...new Set(rest.flatMap(({ cpu }) => Object.keys(cpu)))].filter(
    (name) => isProcess(name) || name.startsWith('postgres ankadb_'),
  );
  return table(
    'CPU, ms a request, sealing included (postgres: all of it, and its databases)',
    [
      { heading: 'operation', of: ({ operation }: Row) => operation },
      { heading: 'load', of: loadOf },
      ...names.map((name) => ({
        heading: name
          .replace('postgres ankadb_', '› ')
          .replace('crypto-worker', 'worker')
          .replace('load generator', 'generator'),
        of: ({ cpu }: Row) => (cpu[name] ?? 0).toFixed(3).padStart(5),
      })),
      { heading: 'ours', of: (row: Row) => cpuOf(row).toFixed(3).padStart(5) },
    ],
    rest,
  );
};

const ratioTable = (ratios: readonly Ratio[]): string =>
  table(
    'Ratios',
    [
      { heading: 'operation', of: ({ operation }: Ratio) => operation },
      { heading: 'raw /s', of: ({ raw }) => raw },
      { heading: 'REST /s', of: ({ single }) => single },
      { heading: 'of raw', of: ({ singleRatio }) => singleRatio },
      { heading: 'batch items/s', of: ({ batch }) => batch },
      { heading: 'of raw ', of: ({ batchRatio }) => batchRatio },
      { heading: 'added p50 ms', of: ({ addedP50 }) => addedP50 },
      { heading: 'CPU ms', of: ({ cpu }) => cpu },
      { heading: '– token', of: ({ cpuBesidesToken }) => cpuBesidesToken },
      { heading: 'CPU ms/batch item', of: ({ cpuPerBatchItem }) => cpuPerBatchItem.toFixed(3) },
      { heading: 'open p50', of: ({ openP50 }) => openP50 },
      { heading: 'open p99', of: ({ openP99 }) => openP99 },
      { heading: 'of frozen audit', of: ({ openP99OfFrozen }) => openP99OfFrozen },
    ],
    ratios,
  );

const aimTable = (aims: readonly Aim[]): string =>
  table(
    'Aims',
    [
      { heading: 'aim', of: ({ what }: Aim) => what },
      { heading: 'wanted', of: ({ wanted }) => wanted },
      { heading: 'measured', of: ({ measured }) => measured.padStart(9) },
      { heading: '', of: ({ met }) => (met ? 'met' : 'NOT MET') },
    ],
    aims,
  );

const referenceTable = (): string =>
  table(
    'Of another run, on another machine of two cores: for orientation only',
    [
      { heading: 'product', of: ([product]: readonly [string, string]) => product },
      { heading: 'measured', of: ([, measured]) => measured },
    ],
    references,
  );

const memoryTable = (memory: Findings['memory']): string =>
  table(
    'Resident memory, MiB (postgres: proportional share of all its processes)',
    [
      { heading: 'process', of: ([name]: [string, Memory]) => name },
      { heading: 'end', of: ([, { now }]) => now },
      { heading: 'peak', of: ([, { peak }]) => peak },
    ],
    Object.entries(memory),
  );

const auditLine = ({ requests, sealed, largestBacklog, sealedPerSecond }: AuditCount): string =>
  `\nAudit: ${requests} outcomes, ${sealed} sealed${requests === sealed ? '' : ' – THEY DIFFER'}; at most ${largestBacklog} waited after a measurement; ${short(sealedPerSecond)} sealed a second once the load had ended`;

/** The mean number of CPUs busy with other programs above which a run's speeds are not the product's. */
const tolerated = 0.2;

const disturbance = (rest: readonly Row[]): readonly string[] => {
  const mean = rest.reduce((sum, { elsewhere }) => sum + elsewhere, 0) / rest.length;
  if (!(mean > tolerated)) return [];
  return [
    `\nOther programs kept ${mean.toFixed(1)} CPUs busy during this run: its speeds and latencies say little, and what is not met below may be met on a quiet machine`,
  ];
};

/** The figures and their conclusions. */
export const reportOf = (findings: Findings) => {
  const names = [...new Set(findings.rest.map(({ operation }) => operation))];
  const ratios = names.map((name) => ratioOf(name, findings.rest, findings.raw));
  const aims = aimsOf({ ...findings, ratios });
  const text = [
    rawTable(findings.raw),
    ...(findings.rest.length > 0 ? [restTable(findings.rest), cpuTable(findings.rest), ratioTable(ratios)] : []),
    memoryTable(findings.memory),
    auditLine(findings.audit),
    ...(findings.cells.length > 0
      ? [baselineTable(findings.cells), baselineRatios(findings.cells), noiseLine(findings.cells)]
      : []),
    ...disturbance(findings.rest),
    aimTable(aims),
    referenceTable(),
  ].join('\n');
  return { document: { ...findings, ratios, aims, references }, text };
};
