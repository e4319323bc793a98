import { services } from '@ankasecure/contracts';
import { beforeAll, expect, it } from 'vitest';
import { listedMetrics } from '../../conformance/monitoring/metric-page.js';
import { parseMetrics } from '../harness/metric.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant } from '../harness/tenant.js';

let rig: Rig;
beforeAll(async () => {
  rig = await sharedRig();
  const tenant = await newTenant(rig);
  await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
});

const metricsOf = async (service: string): Promise<string> => {
  const process = Object.keys(rig.observability).find((name) => name.startsWith(service)) ?? '';
  return (await fetch(`${rig.observability[process]}/metrics`)).text();
};

/** The metrics of a scrape and their types. They are there also before their first sample. */
const typesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`).toSorted();

it.each(services)('the page lists the metrics of %s, and no others', async (service) => {
  const listed = listedMetrics().filter((metric) => metric.services.includes(service));
  expect(typesIn(await metricsOf(service))).toEqual(listed.map(({ name, type }) => `${name} ${type}`).toSorted());
});

it.each(services)('the samples of %s have the labels that the page lists', async (service) => {
  const own = new Set(['service', 'le', 'quantile']);
  const labels = new Map(listedMetrics().map((metric) => [metric.name, metric.labels] as const));
  const samples = parseMetrics(await metricsOf(service));
  expect(samples.length).toBeGreaterThan(30);
  for (const { name, labels: given } of samples) {
    const metric = labels.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    const names = Object.keys(given).filter((label) => !own.has(label));
    expect([metric, names.toSorted()]).toEqual([metric, labels.get(metric)?.toSorted()]);
  }
});
