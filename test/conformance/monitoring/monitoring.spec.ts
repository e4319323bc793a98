import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../deployment/workplace.js';
import { listedMetrics, readMonitoring, seriesOf } from './metric-page.js';
import { definedMetrics } from './metric-source.js';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}
interface RuleTests {
  readonly tests: readonly {
    readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
  }[];
}
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const listed = listedMetrics();
const ours = listed.filter(({ name }) => name.startsWith('ankasecure_'));
const rules = (parse(readMonitoring('alerts.yml')) as Rules).groups.flatMap((group) => group.rules);
const panels = (JSON.parse(readMonitoring('dashboard.json')) as { readonly panels: readonly Panel[] }).panels;

/** The metrics that an expression names. `up` is Prometheus' own. */
const namedIn = (expression: string): readonly string[] => [
  ...new Set(expression.match(/\b(?:ankasecure|nodejs|process)_\w+/g)),
];

describe('the page of metrics', () => {
  it('lists what the sources define, with their labels and their help', () => {
    const defined = [...definedMetrics(root).values()].map(({ name, help, labels }) => [name, labels, help]);
    expect(defined.length).toBeGreaterThan(15);
    expect(ours.map(({ name, labels, meaning }) => [name, labels, meaning]).toSorted()).toEqual(defined.toSorted());
  });

  it('lists each metric once', () => {
    expect(listed.map(({ name }) => name)).toEqual([...new Set(listed.map(({ name }) => name))]);
  });

  it.each(ours)('gives $name a name by the conventions of Prometheus', ({ name, type, unit }) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    // Base units only, and the unit in the name.
    expect(name).not.toMatch(/_(milliseconds|micros|ms|minutes|hours|kilobytes|percent)\b/);
    expect(/_seconds(_total)?$/.test(name)).toBe(unit === 'seconds');
    expect(/_bytes(_total)?$/.test(name)).toBe(unit === 'bytes');
  });

  it('names the alerts that look at each metric', () => {
    const alertsOn = (metric: (typeof listed)[number]): readonly string[] =>
      rules
        .filter(({ expr }) => namedIn(expr).some((name) => seriesOf(metric).includes(name)))
        .map(({ alert }) => alert);
    for (const metric of listed)
      expect([metric.name, metric.alerts.toSorted()]).toEqual([metric.name, alertsOn(metric).toSorted()]);
  });
});

describe.each([
  ['alerts.yml', rules.map(({ alert, expr }) => ({ title: alert, exprs: [expr] }))],
  ['dashboard.json', panels.map(({ title, targets = [] }) => ({ title, exprs: targets.map(({ expr }) => expr) }))],
] as const)('%s', (_, parts) => {
  const series = new Set(listed.flatMap(seriesOf));

  it.each(parts)('names only listed metrics in $title', ({ exprs }) => {
    expect(exprs.flatMap(namedIn).filter((name) => !series.has(name))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('shows every metric of the platform', () => {
    const shown = new Set(panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namedIn(expr))));
    expect(ours.filter((metric) => !seriesOf(metric).some((name) => shown.has(name))).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('has panels that do not overlap, each with an id of its own', () => {
    interface Placed {
      readonly id: number;
      readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    }
    const placed = panels as unknown as readonly Placed[];
    expect(new Set(placed.map(({ id }) => id)).size).toBe(placed.length);
    const cells = placed.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (__, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('the tests of alerts', () => {
  const expected = (parse(readMonitoring('alerts.test.yml')) as RuleTests).tests.flatMap(
    (test) => test.promql_expr_test,
  );
  const alertsWhere = (fires: boolean): readonly string[] => [
    ...new Set(
      expected
        .filter(({ exp_samples: samples }) => samples.length > 0 === fires)
        .flatMap(({ expr }) => /alertname="(\w+)"/.exec(expr)?.[1] ?? []),
    ),
  ];

  it.each([true, false])('show each rule where it fires: %s', (fires) => {
    expect(alertsWhere(fires).toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });
});
