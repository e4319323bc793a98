import { type Cell, cellsOf, nameOfLoad, ratioOf } from '../baseline/alternate.js';
import { frozen, us } from '../baseline/baselines.js';
import { type Spread, spreadOf } from '../baseline/spread.js';
import { short, table } from './table.js';

/** The cells of one contestant of a round, under one load. */
interface Line {
  readonly round: string;
  readonly load: string;
  readonly contestant: string;
  readonly cells: readonly Cell[];
}

const linesOf = (cells: readonly Cell[]): Line[] => {
  const seen = new Map<string, Line>();
  for (const { round, load, contestant } of cells) {
    const where = { round, load: nameOfLoad(load), contestant };
    const name = Object.values(where).join('\0');
    if (!seen.has(name)) seen.set(name, { ...where, cells: cellsOf(cells, where) });
  }
  return [...seen.values()];
};

/** A median, with the least and the most in brackets. */
export const shown = ({ median, least, most }: Spread): string =>
  Number.isNaN(median) ? '–' : `${short(median)} (${short(least)}–${short(most)})`;

const figure = (of: (cell: Cell) => number) => (line: Line) => shown(spreadOf(line.cells.map(of))).padStart(8);

/** Medians of the repetitions, and their spread. */
export const baselineTable = (cells: readonly Cell[]): string =>
  table(
    'In alternation: median (least–most) of the repetitions',
    [
      { heading: 'round', of: ({ round }: Line) => round },
      { heading: 'load', of: ({ load }) => load },
      { heading: 'contestant', of: ({ contestant }) => contestant },
      { heading: 'items/s', of: figure(({ itemsPerSecond }) => itemsPerSecond) },
      { heading: 'p50 ms', of: figure(({ p50 }) => p50) },
      { heading: 'p99 ms', of: figure(({ p99 }) => p99) },
      { heading: 'CPU ms/request', of: figure(({ cpu }) => cpu) },
      { heading: 'PostgreSQL’s', of: figure(({ postgres }) => postgres) },
      { heading: 'outbox lag p99 ms', of: figure(({ lag }) => lag) },
    ],
    linesOf(cells),
  );

/** The first contestant of a line's round: what the others are compared with. */
const firstOf = (cells: readonly Cell[], { round, load }: Line): string | undefined =>
  cells.find((cell) => cell.round === round && nameOfLoad(cell.load) === load && cell.repetition === 0)?.contestant;

/** Each contestant's figures by those of the first, of the same repetition. */
export const baselineRatios = (cells: readonly Cell[]): string => {
  const lines = linesOf(cells).filter((line) => line.contestant !== firstOf(cells, line));
  const ratio = (measure: 'itemsPerSecond' | 'p50' | 'p99' | 'cpu' | 'postgres') => (line: Line) => {
    const first = firstOf(cells, line) ?? us;
    return shown(ratioOf(cells, { ...line, contestant: first }, line.contestant, measure)).padStart(8);
  };
  return table(
    `In alternation: ${us} (or the first of the round) by the other; beside '${frozen}', p99 by p99`,
    [
      { heading: 'round', of: ({ round }: Line) => round },
      { heading: 'load', of: ({ load }) => load },
      { heading: 'by', of: ({ contestant }) => contestant },
      { heading: 'items/s', of: ratio('itemsPerSecond') },
      { heading: 'p50', of: ratio('p50') },
      { heading: 'p99', of: ratio('p99') },
      { heading: 'CPU', of: ratio('cpu') },
      { heading: 'PostgreSQL’s', of: ratio('postgres') },
    ],
    lines,
  );
};

/** How much the machine itself differed between the measurements. */
export const noiseLine = (cells: readonly Cell[]): string => {
  const { median, least, most } = spreadOf(cells.map(({ calibration }) => calibration));
  return `\nThe machine: before each measurement the same loop took ${short(median)} ms in the median, ${short(least)} at least and ${short(most)} at most. Differences below ${short(median / least)} times say nothing`;
};
