import { describe, expect, it } from 'vitest';
import { baselineRatios, baselineTable, noiseLine } from '../report/baseline.js';
import { baselineAims } from '../report/baseline-aim.js';
import { alternate, type Cell, type Contestant, type Figure, type Load, ratioOf } from './alternate.js';
import { spreadOf } from './spread.js';

const one: Load = { shape: { kind: 'closed', clients: 1 }, batch: 1 };
const batches: Load = { shape: { kind: 'closed', clients: 4 }, batch: 100 };
const figure: Figure = { itemsPerSecond: 10, p50: 1, p99: 2, cpu: 1, postgres: 1, lag: Number.NaN };

/** A contestant whose figures are the given ones in turn, and that notes when it runs. */
const contestant = (name: string, p50s: readonly number[], order: string[], takes = (_: Load) => true): Contestant => {
  let run = 0;
  return {
    name,
    run: (load) => {
      if (!takes(load)) return undefined;
      order.push(name);
      return Promise.resolve({ ...figure, p50: p50s[run++ % p50s.length] ?? 0, itemsPerSecond: load.batch });
    },
  };
};

describe('the spread of repetitions', () => {
  it.each([
    [[3, 1, 2], { median: 2, least: 1, most: 3 }],
    [[4, 1], { median: 2.5, least: 1, most: 4 }],
    [[7], { median: 7, least: 7, most: 7 }],
    [[Number.NaN, 5], { median: 5, least: 5, most: 5 }],
    [[], { median: Number.NaN, least: Number.NaN, most: Number.NaN }],
  ])('of %j is %j', (values, spread) => {
    expect(spreadOf(values)).toEqual(spread);
  });
});

describe('measuring in alternation', () => {
  const hold = (contestants: readonly Contestant[], repetitions = 3): Promise<Cell[]> =>
    alternate({ name: 'p256-sign', contestants, loads: [one, batches] }, { repetitions, seconds: 0 }, () => undefined);

  it('runs each contestant under each load as often as it is repeated, and lets another begin each time', async () => {
    const order: string[] = [];
    const cells = await hold([contestant('a', [1], order), contestant('b', [1], order)], 2);
    expect(order).toEqual(['a', 'b', 'a', 'b', 'b', 'a', 'b', 'a']);
    expect(cells).toHaveLength(8);
    for (const { calibration } of cells) expect(calibration).toBeGreaterThan(0);
  });

  it('leaves out a load that a contestant does not take', async () => {
    const cells = await hold([contestant('a', [1], []), contestant('b', [1], [], ({ batch }) => batch > 1)], 1);
    expect(cells.map(({ contestant, load }) => [contestant, load.batch])).toEqual([
      ['a', 1],
      ['a', 100],
      ['b', 100],
    ]);
  });

  it('compares figures of the same repetition', async () => {
    const cells = await hold([
      contestant('ankasecure', [2, 2, 30, 3, 8, 8], []),
      contestant('bones', [1, 1, 10, 1, 2, 2], []),
    ]);
    const where = { round: 'p256-sign', load: '1 client', contestant: 'ankasecure' };
    expect(ratioOf(cells, where, 'bones', 'p50')).toEqual({ median: 3, least: 2, most: 4 });
  });

  it('reports what was measured, and only the aims whose baselines were there', async () => {
    const cells = await hold([contestant('ankasecure', [2], []), contestant('bones', [1], [])]);
    expect(baselineTable(cells)).toContain('2.00 (2.00–2.00)');
    expect(baselineRatios(cells)).toContain('bones');
    expect(noiseLine(cells)).toContain('the same loop took');
    expect(baselineAims(cells, []).filter(({ what }) => !what.includes('raw token'))).toEqual([
      {
        what: 'P-256, one client: p50 by the bones',
        wanted: '≤ 1.3',
        measured: '2.00 (2.00–2.00)',
        met: false,
      },
    ]);
  });
});
