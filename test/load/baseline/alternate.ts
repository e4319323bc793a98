import type { Shape } from '../generator/job.js';
import { calibrate } from './calibration.js';
import { type Spread, spreadOf } from './spread.js';

/** What all contestants of a round are asked for. */
export interface Load {
  readonly shape: Shape;
  /** Items in each request. 1 means a request without a batch. */
  readonly batch: number;
}

/** One measurement. What a contestant cannot tell is NaN. */
export interface Figure {
  readonly itemsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU milliseconds for one request in all of the contestant's processes, and in PostgreSQL alone. */
  readonly cpu: number;
  readonly postgres: number;
  /** The 99th percentile of the age of the oldest outcome that waited to be sealed, in milliseconds. */
  readonly lag: number;
}

/** A product, or the same product under another condition. */
export interface Contestant {
  readonly name: string;
  /** Undefined if it does not take the load. */
  run(load: Load, seconds: number): Promise<Figure> | undefined;
}

export interface Cell extends Figure {
  readonly round: string;
  readonly contestant: string;
  readonly load: Load;
  readonly repetition: number;
  /** The time of the calibration loop before it, in milliseconds. */
  readonly calibration: number;
}

/** Contestants that are compared, under each load. */
export interface Round {
  readonly name: string;
  readonly contestants: readonly Contestant[];
  readonly loads: readonly Load[];
}

/** Another contestant begins in each repetition, so that none always follows the same one. */
const turned = <Item>(items: readonly Item[], by: number): Item[] => {
  const from = by % Math.max(1, items.length);
  return [...items.slice(from), ...items.slice(0, from)];
};

/** Measures the contestants one after the other, under each load, and all of it `repetitions` times. */
export const alternate = async (
  { name: round, contestants, loads }: Round,
  { repetitions, seconds }: { readonly repetitions: number; readonly seconds: number },
  said: (cell: Cell) => void,
): Promise<Cell[]> => {
  const cells: Cell[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++)
    for (const load of loads)
      for (const contestant of turned(contestants, repetition)) {
        const calibration = calibrate();
        const figure = await contestant.run(load, seconds);
        if (figure === undefined) continue;
        const cell = { round, contestant: contestant.name, load, repetition, calibration, ...figure };
        cells.push(cell);
        said(cell);
      }
  return cells;
};

/** The name of a load, which cells under the same load share. */
export const nameOfLoad = ({ shape, batch }: Load): string => {
  const who = shape.kind === 'open' ? 'open, 70 %' : `${shape.clients} client${shape.clients > 1 ? 's' : ''}`;
  return batch > 1 ? `${who} × ${batch}` : who;
};

type Measure = keyof Figure;

/** Which cells: those of one contestant of a round, under one load. */
export interface Where {
  readonly round: string;
  readonly load: string;
  readonly contestant: string;
}

export const cellsOf = (cells: readonly Cell[], { round, load, contestant }: Where): Cell[] =>
  cells.filter((cell) => cell.round === round && cell.contestant === contestant && nameOfLoad(cell.load) === load);

/** The ratio of one contestant's figure to another's, in each repetition. */
export const ratioOf = (cells: readonly Cell[], where: Where, to: string, measure: Measure): Spread => {
  const others = cellsOf(cells, { ...where, contestant: to });
  return spreadOf(
    cellsOf(cells, where).map((cell) => {
      const other = others.find(({ repetition }) => repetition === cell.repetition);
      return cell[measure] / (other?.[measure] ?? Number.NaN);
    }),
  );
};
