import { randomUUID } from 'node:crypto';
import {
  type AnkaError,
  type AuditEvent,
  appendFromGateway,
  appendFromPolicy,
  appendFromWorker,
  platformTenantId,
  type Reporter,
  recordDetails,
} from '@ankasecure/contracts';
import { testProof } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contextOf, eventOf, proven, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { TenantPartitions } from './tenant-partition.js';

describe('a report', () => {
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());

  const contracts = { gateway: appendFromGateway, policy: appendFromPolicy, 'crypto-worker': appendFromWorker };
  const proofs = {
    gateway: testProof('gateway'),
    policy: testProof('policy'),
    'crypto-worker': testProof('crypto-worker', 'default'),
  };
  const busOf = (reporter: Reporter) => audit.buses[reporter === 'crypto-worker' ? 'worker' : reporter];
  const report = (reporter: Reporter, events: readonly AuditEvent[], as: Reporter = reporter, partition = 'default') =>
    busOf(reporter)
      .request(contracts[as], partition, contextOf(platformTenantId), {
        events: proven(events, proofs[reporter]),
      })
      .then(
        () => 'sealed',
        (error: unknown) => (error as AnkaError).code,
      );
  const operations: Readonly<Record<Reporter, string>> = {
    gateway: 'issuer.create',
    policy: 'policy.put',
    'crypto-worker': 'key.create',
  };

  it('is sealed with the name of its reporter and the worker’s partition, whatever it states itself', async () => {
    const tenantId = randomUUID();
    for (const [reporter, operation] of Object.entries(operations) as [Reporter, string][])
      expect(
        await report(reporter, [
          eventOf(tenantId, { operation, details: { reportedBy: 'policy', reporterPartition: 'north' } }),
        ]),
      ).toBe('sealed');
    const { items } = await audit.query(tenantId, { order: 'asc' });
    expect(items.map(({ details: { reportedBy, reporterPartition } }) => [reportedBy, reporterPartition])).toEqual([
      ['gateway', undefined],
      ['policy', undefined],
      ['crypto-worker', 'default'],
    ]);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 3 });
  });

  it('is refused and counted if it is about another service’s operation', async () => {
    const tenantId = randomUUID();
    for (const [reporter, operation] of [
      ['gateway', 'key.destroy'],
      ['policy', 'sign'],
      ['crypto-worker', 'approval.approve'],
      ['crypto-worker', 'policy.put'],
      ['crypto-worker', 'unheard-of'],
    ] as const)
      expect(await report(reporter, [eventOf(tenantId), eventOf(tenantId, { operation })])).toBe('access-denied');
    expect((await audit.query(tenantId)).items).toEqual([]);
    const metrics = await Promise.all(audit.instances.map(({ health }) => health.registry.metrics()));
    const counted = metrics.flatMap((text) => [...text.matchAll(/events_refused_total\{reporter="[^"]+".*\} (\d+)/g)]);
    expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(10);
  });

  it('is refused if a worker’s partition is not the tenant’s, and the tenants of its own are sealed', async () => {
    const [theirs, ours] = [randomUUID(), randomUUID()];
    audit.partitions.set(theirs, 'north');
    expect(await report('crypto-worker', [eventOf(theirs), eventOf(ours)])).toBe('access-denied');
    expect((await audit.query(theirs)).items).toEqual([]);
    expect((await audit.query(ours)).items).toHaveLength(1);
  });

  describe('about a tenant that the policy service does not know', () => {
    /** A tenant whose trail names a record, as the worker's do, and that a restored policy database lacks. */
    const forgotten = async (): Promise<string> => {
      const tenantId = randomUUID();
      const details = recordDetails([{ kind: 'platform_key', id: 'kek/1', revision: 1, digest: 'A'.repeat(43) }]);
      expect(await report('crypto-worker', [eventOf(tenantId, { operation: 'kek.create', details })])).toBe('sealed');
      audit.partitions.set(tenantId, null);
      return tenantId;
    };
    /** Makes every audit instance forget where tenants live, as a restart does. */
    const restart = (): void => {
      for (const { app } of audit.instances)
        Object.assign(app.get(TenantPartitions), { known: new Map(), assumed: new Map() });
    };

    it('is sealed, if the tenant’s trail was sealed by the worker’s partition', async () => {
      const tenantId = await forgotten();
      for (const _ of audit.instances) {
        restart();
        expect(await report('crypto-worker', [eventOf(tenantId), eventOf(tenantId)])).toBe('sealed');
      }
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 5 });
    });

    it('is refused, if the trail was sealed by another partition', async () => {
      const tenantId = await forgotten();
      await audit.tamper(`UPDATE record_position SET partition = 'north' WHERE tenant_id = '${tenantId}'`);
      restart();
      expect(await report('crypto-worker', [eventOf(tenantId)])).toBe('access-denied');
      audit.partitions.delete(tenantId);
      expect(await report('crypto-worker', [eventOf(tenantId)])).toBe('sealed');
    });

    it('waits, if the trail names no record of the tenant', async () => {
      const tenantId = randomUUID();
      audit.partitions.set(tenantId, null);
      expect(await report('crypto-worker', [eventOf(tenantId)])).toBe('tenant-unknown');
      expect((await audit.query(tenantId)).items).toEqual([]);
    });
  });

  it('waits before the platform’s tenant exists, as at a first start, and that is no error of this service', async () => {
    for (const { app } of audit.instances)
      Object.assign(app.get(TenantPartitions), { known: new Map(), assumed: new Map() });
    audit.partitions.set(platformTenantId, null);
    const [errors, warnings] = (['error', 'warn'] as const).map((level) =>
      audit.instances.map(({ bus }) => vi.spyOn(bus.connection.log, level)),
    );
    const fresh = testProof('policy');
    const failed = () =>
      audit.buses.policy.request(appendFromPolicy, '', contextOf(platformTenantId), {
        events: proven([eventOf(platformTenantId, { operation: 'tenant.create', outcome: 'failure' })], fresh),
      });
    await expect(failed()).rejects.toMatchObject({ code: 'service-unavailable', retryable: true });
    expect(errors?.map(({ mock }) => mock.calls)).toEqual(audit.instances.map(() => []));
    expect(warnings?.flatMap(({ mock }) => mock.calls.map(([, said]) => said))).toEqual([
      'request failed in another process',
    ]);
    audit.partitions.delete(platformTenantId);
    await failed();
    vi.restoreAllMocks();
  });

  it('cannot be made in another’s name: the bus refuses the subject', async () => {
    const tenantId = randomUUID();
    expect(await report('policy', [eventOf(tenantId)], 'crypto-worker')).toBe('internal-error');
    expect(await report('crypto-worker', [eventOf(tenantId)], 'crypto-worker', 'north')).toBe('internal-error');
    expect((await audit.query(tenantId)).items).toEqual([]);
  });
});
