import { type Cell, cellsOf, ratioOf, type Where } from '../baseline/alternate.js';
import { frozen, loadNames, oneKey, rounds, us } from '../baseline/baselines.js';
import { type Spread, spreadOf } from '../baseline/spread.js';
import type { RawResult } from '../raw-token.js';
import type { Aim } from './aim.js';
import { shown } from './baseline.js';

/** A ratio of ours to a baseline's, and the bound that it should keep. */
interface Goal {
  readonly what: string;
  readonly where: Where;
  readonly to: string;
  readonly measure: 'itemsPerSecond' | 'p50' | 'p99' | 'postgres';
  readonly least?: number;
  readonly most?: number;
}

const at = (load: string, round = 'p256-sign', contestant: string = us): Where => ({ round, load, contestant });

const peers = (keys: 'hsm' | 'software', least: Partial<Record<keyof typeof loadNames, number>>): Goal[] =>
  Object.entries(least).map(([name, bound]) => {
    const load = loadNames[name as keyof typeof loadNames];
    const to = `peer, ${keys} keys`;
    return { what: `P-256, ${load}, by the ${to}`, where: at(load), to, measure: 'itemsPerSecond', least: bound };
  });

const many = (others: readonly string[]): Goal[] =>
  others.map((other) => ({
    what: `${other} by one: PostgreSQL's CPU`,
    where: at(loadNames.sixteen, rounds.many, other),
    to: oneKey,
    measure: 'postgres',
    most: 1.1,
  }));

const goalsOf = (cells: readonly Cell[]): Goal[] => {
  const others = new Set(cells.filter(({ round }) => round === rounds.many).map(({ contestant }) => contestant));
  others.delete(oneKey);
  return [
    { what: 'P-256, one client: p50 by the bones', where: at(loadNames.one), to: 'bones', measure: 'p50', most: 1.3 },
    ...peers('hsm', { one: 1.5, sixteen: 2.5, sixtyFour: 3, batches: 6 }),
    ...peers('software', { sixteen: 1, sixtyFour: 1.5, batches: 0.5 }),
    ...(['p256-sign', 'rsa-pss-sign'] as const).map(
      (round): Goal => ({
        what: `${round}, ${loadNames.batches}, by the raw token`,
        where: at(loadNames.batches, round),
        to: 'raw token',
        measure: 'itemsPerSecond',
        least: round === 'p256-sign' ? 0.65 : 0.9,
      }),
    ),
    {
      what: 'p99 at 70 % by the same with the audit service frozen',
      where: at('open, 70 %', rounds.pace),
      to: frozen,
      measure: 'p99',
      most: 1.2,
    },
    ...many([...others]),
  ];
};

const within = (
  { median }: Spread,
  { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Pick<Goal, 'least' | 'most'>,
): boolean => median >= least && median <= most;

const aimOf = (what: string, measured: Spread, bound: Pick<Goal, 'least' | 'most'>, unit = ''): Aim[] =>
  Number.isNaN(measured.median)
    ? []
    : [
        {
          what,
          wanted: bound.least === undefined ? `≤ ${bound.most}${unit}` : `≥ ${bound.least}${unit}`,
          measured: `${shown(measured)}${unit}`,
          met: within(measured, bound),
        },
      ];

/** The aims that the comparisons measure. An aim whose baseline was not there is left out. */
export const baselineAims = (cells: readonly Cell[], raw: readonly RawResult[]): Aim[] => {
  const own = (where: Where, of: (cell: Cell) => number): Spread => spreadOf(cellsOf(cells, where).map(of));
  const token = raw.find(({ operation, inFlight }) => operation === 'p256-sign' && inFlight === 0)?.cpuMicros;
  return [
    ...goalsOf(cells).flatMap((goal) => aimOf(goal.what, ratioOf(cells, goal.where, goal.to, goal.measure), goal)),
    ...aimOf(
      `P-256, ${loadNames.sixteen}: CPU a request besides the token's`,
      own(at(loadNames.sixteen), ({ cpu }) => cpu - (token ?? Number.NaN) / 1000),
      { most: 0.4 },
      ' ms',
    ),
    ...aimOf(
      'outbox lag p99 at 70 %',
      own(at('open, 70 %', rounds.pace), ({ lag }) => lag),
      { most: 1000 },
      ' ms',
    ),
  ];
};
