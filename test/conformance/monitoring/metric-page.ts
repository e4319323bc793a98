import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, services } from '@ankasecure/contracts';
import { root } from '../deployment/workplace.js';

/** A row of deploy/monitoring/metrics.md. */
export interface ListedMetric {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly labels: readonly string[];
  readonly services: readonly Service[];
  readonly meaning: string;
  /** The alerts that look at it. */
  readonly alerts: readonly string[];
}

const none = '–';
const listOf = (cell: string): readonly string[] =>
  cell === none ? [] : cell.split(', ').map((one) => one.replaceAll('`', ''));

export const monitoringFile = (name: string): string => join(root, 'deploy/monitoring', name);

export const readMonitoring = (name: string): string => readFileSync(monitoringFile(name), 'utf8');

/** The rows of the page's tables of metrics. */
export const listedMetrics = (): readonly ListedMetric[] =>
  readMonitoring('metrics.md')
    .split('\n')
    .filter((line) => /^\| `\w+` \| (counter|gauge|histogram|summary) \|/.test(line))
    .map((line) => {
      const [name = '', type = '', unit = '', labels = '', listed = '', meaning = '', alerts = ''] = line
        .slice(2, -2)
        .split(' | ');
      return {
        name: name.replaceAll('`', ''),
        type,
        unit,
        labels: listOf(labels),
        services: listed === 'all' ? services : services.filter((service) => listed.split(', ').includes(service)),
        meaning,
        alerts: listOf(alerts),
      };
    });

/** The series that a metric makes: a histogram makes three. */
export const seriesOf = ({ name, type }: Pick<ListedMetric, 'name' | 'type'>): readonly string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
