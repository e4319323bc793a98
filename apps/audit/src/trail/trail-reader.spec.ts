import { randomUUID } from 'node:crypto';
import type { AnkaError } from '@ankasecure/contracts';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { database, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';

describe('reads', () => {
  let audit: RunningAudit;
  let owner: Client;
  const slow = randomUUID();
  let other: string;
  beforeAll(async () => {
    audit = await startAudit();
    owner = new Client({ ...audit.postgres.login(database, 'owner'), database });
    await owner.connect();
    await audit.append(eventsOf(slow, 5));
    other = await newcomer();
    await audit.append(eventsOf(other, 5));
  });
  afterEach(async () => {
    audit.macs.slow.clear();
    await owner.query('ROLLBACK');
  });
  afterAll(async () => {
    await owner.end();
    await audit.stop();
  });

  const partitionOf = async (tenantId: string): Promise<string> => {
    const [row] = await audit.postgres.query(
      database,
      `SELECT 'sealed_event_' || bucket AS name FROM generate_series(0, 7) bucket
       WHERE satisfies_hash_partition('sealed_event'::regclass, 8, bucket, $1::uuid)`,
      [tenantId],
    );
    return String(row?.['name']);
  };
  /** Picks a tenant without events whose partition is not the slow tenant's. */
  const newcomer = async (): Promise<string> => {
    const tenantId = randomUUID();
    return (await partitionOf(tenantId)) === (await partitionOf(slow)) ? newcomer() : tenantId;
  };
  const codeOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'ok',
      (error: unknown) => (error as AnkaError).code,
    );
  const countOf = (codes: readonly string[], code: string): number => codes.filter((each) => each === code).length;
  /** Appends, queries and verifies for other tenants. @returns the time in milliseconds */
  const serveOthers = async (): Promise<number> => {
    const start = performance.now();
    await audit.append(eventsOf(other, 5));
    await audit.append(eventsOf(await newcomer(), 5));
    expect((await audit.query(other)).items.length).toBeGreaterThan(0);
    expect(await audit.verify(other)).toMatchObject({ valid: true });
    return performance.now() - start;
  };

  it('of one tenant that are slow delay neither sealing nor the reads of another', async () => {
    const calm = await serveOthers();
    await owner.query(`BEGIN; LOCK TABLE ${await partitionOf(slow)} IN ACCESS EXCLUSIVE MODE`);
    const reads = [
      ...Array.from({ length: 30 }, () => codeOf(audit.query(slow))),
      ...Array.from({ length: 10 }, () => codeOf(audit.verify(slow))),
    ];
    expect(await serveOthers()).toBeLessThan(10 * Math.max(calm, 400));
    const codes = await Promise.all(reads);
    await owner.query('ROLLBACK');
    const instances = audit.instances.length;
    // An accepted read waits for one statement and no longer.
    expect(countOf(codes, 'deadline-exceeded')).toBeGreaterThanOrEqual(3);
    expect(countOf(codes, 'deadline-exceeded')).toBeLessThanOrEqual(3 * instances);
    expect(countOf(codes, 'service-unavailable')).toBe(40 - countOf(codes, 'deadline-exceeded'));
    expect(await codeOf(audit.query(slow))).toBe('ok');
  });

  it('that wait for a worker delay no other tenant, and end at their deadline', async () => {
    const calm = await serveOthers();
    audit.macs.slow.add(slow);
    const verifications = Array.from({ length: 12 }, () => codeOf(audit.verify(slow)));
    expect(await serveOthers()).toBeLessThan(10 * Math.max(calm, 300));
    const codes = await Promise.all(verifications);
    expect(countOf(codes, 'deadline-exceeded')).toBeLessThanOrEqual(audit.instances.length);
    expect(countOf(codes, 'deadline-exceeded') + countOf(codes, 'service-unavailable')).toBe(12);
    audit.macs.slow.clear();
    expect(await audit.verify(slow)).toMatchObject({ valid: true });
  });

  it.each(['key_id', 'operation', 'user_id'])('by %s have an index on every partition', async (column) => {
    const [row] = await audit.postgres.query(
      database,
      `SELECT count(*)::int AS indexes FROM pg_indexes
       WHERE tablename ~ '^sealed_event' AND indexdef ~ '\\(tenant_id, ${column}, seq\\)'`,
    );
    expect(row).toEqual({ indexes: 1 + 8 + 8 * 3 });
  });
});
