import { queryEvents } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seals, slices } from '../proof/page-rows.sql.js';
import { database, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { pageOf, whereOf } from './query-events.js';

/** `ANKASECURE_PLAN_EVENTS=5000000` shows the plans of a large trail; they take some minutes to fill. */
const size = { events: Number(process.env['ANKASECURE_PLAN_EVENTS'] ?? 100_000), tenants: 200 };
const page = 100;

const tenant = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const key = (n: number): string => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;

/**
 * Fills the trails of 200 tenants alike: an event in turn for each, one every minute. One event in 400 of a tenant is a failure, one
 * in 4000 has an outcome that nobody knows, and one in 100 is of a rare key, user or operation.
 */
const fill = `
  INSERT INTO sealed_event (tenant_id, seq, event_id, user_id, key_id, algorithm, operation, outcome, failure_code, occurred_at,
    correlation_id, details, mac_key_id, canonical, hmac, previous_hash, hash, sealed_at)
  SELECT ('00000000-0000-4000-8000-' || lpad((n % ${size.tenants})::text, 12, '0'))::uuid, seq, gen_random_uuid(),
    CASE WHEN seq % 100 = 7 THEN 'rare' ELSE 'often' END,
    ('00000000-0000-4000-9000-' || lpad((seq % 100 = 7)::int::text, 12, '0'))::uuid, 'ES256',
    CASE WHEN seq % 100 = 7 THEN 'key.rotate' ELSE 'sign' END,
    CASE WHEN seq % 4000 = 11 THEN 'unknown' WHEN seq % 400 = 11 THEN 'failure' ELSE 'success' END, NULL,
    (extract(epoch FROM month) * 1000000)::bigint + n * step,
    'correlation-' || n, '{}', 'day', sha256('event'), sha256('event'), sha256('event'), sha256('event'),
    month + n * step * interval '1 microsecond'
  FROM (SELECT date_trunc('month', clock_timestamp()) AS month, ${Math.floor((20 * 24 * 3600e6) / size.events)}::bigint AS step) start,
    LATERAL (SELECT n, 1 + n / ${size.tenants} AS seq FROM generate_series(0, ${size.events - 1}) n) numbered`;

type Filter = Parameters<typeof whereOf>[0];

/** The plan of a statement with what it did: rows and blocks. */
interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Index Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Plan[];
}
/** Empty partitions of months to come are read without an index. */
const scansRows = (node: Plan): boolean =>
  node['Node Type'] === 'Seq Scan' && node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) > 0;
const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

const first = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth());
/** An instant of the filled time: after `share` of it. */
const after = (share: number): string => new Date(first + share * 20 * 24 * 3600e3).toISOString();

/** A filter for each condition of the API and each way that its value may be spread: often, rarely, never. */
const filters: readonly (readonly [name: string, filter: Filter])[] = [
  ['nothing', {}],
  ['a key used often', { keyId: key(0) }],
  ['a key used rarely', { keyId: key(1) }],
  ['a key that is not there', { keyId: key(2) }],
  ['a user seen often', { userId: 'often' }],
  ['a user seen rarely', { userId: 'rare' }],
  ['nobody', { userId: 'nobody' }],
  ['an operation seen often', { operation: 'sign' }],
  ['an operation seen rarely', { operation: 'key.rotate' }],
  ['an operation that never was', { operation: 'key.destroy' }],
  ['success', { outcome: 'success' }],
  ['failure', { outcome: 'failure' }],
  ['an unknown outcome', { outcome: 'unknown' }],
  ['a correlation id', { correlationId: 'correlation-2001' }],
  ['a correlation id that is not there', { correlationId: 'none' }],
  ['a key and failure', { keyId: key(0), outcome: 'failure' }],
  ['the last hour', { from: after(0.998) }],
  ['the first hour', { until: after(0.002) }],
  ['an hour in the middle', { from: after(0.5), until: after(0.502) }],
  ['the first half', { until: after(0.5) }],
  ['the second half', { from: after(0.5) }],
  ['failures of the second half', { outcome: 'failure', from: after(0.5) }],
];

describe('a page of events', () => {
  const tenantId = tenant(1);
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
    await audit.postgres.query(database, fill);
    await audit.postgres.query(database, 'ANALYZE sealed_event');
  });
  afterAll(() => audit.stop());

  /** The plan as the service's own role and row-level security have it. */
  const explain = async (statementOf: (manager: EntityManager) => [sql: string, values: unknown[]]): Promise<Plan> => {
    const { dataSource } = audit.instances[0] ?? expect.unreachable();
    return withTenant(dataSource, tenantId, async (manager) => {
      const [sql, values] = statementOf(manager);
      const [row] = await manager.query<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
        values,
      );
      return row?.['QUERY PLAN'][0].Plan ?? expect.unreachable();
    });
  };
  const planOf = (filter: Filter, order: 'asc' | 'desc'): Promise<Plan> =>
    explain((manager) => {
      const where = { tenantId, ...whereOf(filter) };
      return pageOf(manager, { where, order: { seq: order }, take: page + 1 }).getQueryAndParameters() as [
        string,
        unknown[],
      ];
    });

  it.each(filters.flatMap(([name, filter]) => [[name, 'desc', filter] as const, [name, 'asc', filter] as const]))(
    'of %s, %s, reads few blocks and scans no trail',
    async (_, order, filter) => {
      const plan = await planOf(filter, order);
      expect(nodesOf(plan).filter(scansRows)).toEqual([]);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(20 * page);
    },
  );

  it('finds the seals of its rows, and reads their batches, without a look at others', async () => {
    const spread = Array.from({ length: page }, (_, index) => 1 + index * 4);
    const sealed = "chain_seal = sha256('seal'), chain_seal_from = 1";
    await audit.tamper(`UPDATE sealed_event SET ${sealed} WHERE tenant_id = '${tenantId}' AND seq % 4 = 0`);
    const ends = spread.map((seq) => seq + 3);
    for (const plan of [
      await explain(() => [seals, [tenantId, spread]]),
      await explain(() => [slices.asc, [tenantId, spread, ends]]),
      await explain(() => [slices.desc, [tenantId, spread, ends]]),
    ]) {
      expect(nodesOf(plan).filter(scansRows)).toEqual([]);
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(40 * page);
    }
  });

  it('has a filter of each condition that the API takes', () => {
    const { cursor: _c, limit: _l, order: _o, ...conditions } = queryEvents.request.shape;
    const tried = new Set(filters.flatMap(([, filter]) => Object.keys(filter)));
    expect([...tried].toSorted()).toEqual(Object.keys(conditions).toSorted());
  });
});
