import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { listedMetrics, monitoringFile, readMonitoring } from '../conformance/monitoring/metric-page.js';
import { promtool } from './promtool.js';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'anka-monitoring-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const monitoring = monitoringFile('.');

/** Checks expressions as the rules of a file. */
const checkExpressions = (expressions: readonly string[]) => {
  const rules = expressions.map((expr, index) => ({ record: `checked:expression_${index}`, expr }));
  writeFileSync(join(scratch, 'rules.yml'), stringify({ groups: [{ name: 'checked', rules }] }));
  return promtool(scratch, ['check', 'rules', 'rules.yml']);
};

describe('promtool', () => {
  it('accepts the rules', () => {
    expect(promtool(monitoring, ['check', 'rules', 'alerts.yml'])).toMatchObject({ ok: true });
  });

  it('passes the tests of the rules', () => {
    expect(promtool(monitoring, ['test', 'rules', 'alerts.test.yml'])).toMatchObject({ ok: true });
  });

  it('accepts the job', () => {
    expect(promtool(monitoring, ['check', 'config', 'scrape.yml'])).toMatchObject({ ok: true });
  });

  it('accepts the dashboard’s expressions', () => {
    const { panels } = JSON.parse(readMonitoring('dashboard.json')) as {
      readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
    };
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(20);
    const filled = expressions.map((expr) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$operation', '.*'));
    expect(checkExpressions(filled)).toMatchObject({ ok: true });
  });

  it('has nothing to say against the names, types and help of the platform’s metrics', () => {
    const text = listedMetrics()
      .filter(({ name }) => name.startsWith('ankasecure_'))
      .map(({ name, type, meaning }) => `# HELP ${name} ${meaning}\n# TYPE ${name} ${type}\n${sampleOf(name, type)}`)
      .join('\n');
    expect(promtool(scratch, ['check', 'metrics'], `${text}\n`)).toEqual({ ok: true, text: '' });
  });
});

const sampleOf = (name: string, type: string): string =>
  type === 'histogram' ? `${name}_bucket{le="+Inf"} 1\n${name}_sum 1\n${name}_count 1` : `${name} 1`;

describe('these checks can fail', () => {
  it('by an expression that is none', () => {
    expect(checkExpressions(['sum(rate(ankasecure_http_requests_total)']).ok).toBe(false);
  });

  it('by a counter without _total', () => {
    const text = '# HELP ankasecure_refusals Refusals\n# TYPE ankasecure_refusals counter\nankasecure_refusals 1\n';
    expect(promtool(scratch, ['check', 'metrics'], text)).toMatchObject({
      ok: false,
      text: expect.stringContaining('_total') as unknown,
    });
  });

  it('by a rule whose test does not hold', () => {
    writeFileSync(join(scratch, 'alerts.yml'), readMonitoring('alerts.yml').replaceAll('> 0.01', '> 0.5'));
    writeFileSync(join(scratch, 'alerts.test.yml'), readMonitoring('alerts.test.yml'));
    expect(promtool(scratch, ['test', 'rules', 'alerts.test.yml']).ok).toBe(false);
  });
});
