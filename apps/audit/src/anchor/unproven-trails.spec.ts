import { randomUUID } from 'node:crypto';
import type { ChainRow } from '@ankasecure/audit-event';
import { AnkaError, type ErrorCode } from '@ankasecure/contracts';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BoundIndexes } from '../end/bound-index.js';
import { KnownPlaces } from '../end/known-places.js';
import { TrailDescent } from '../end/trail-descent.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { ForgedTrail } from '../testing/forged-trail.js';
import { eventsOf, type RunningAudit } from '../testing/running-audit.js';
import { processesOf, startWithoutRounds } from '../testing/two-processes.js';
import { trailsOfAnchor } from './trail-anchor.sql.js';

const [first, second] = [0, 1];

describe('a trail whose end cannot be proved', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let other: string;
  beforeAll(async () => {
    audit = await startWithoutRounds();
  });
  afterAll(() => audit.stop());
  /** The second process knows the anchored places, and that two trails have grown since. */
  beforeEach(async () => {
    [tenantId, other] = [randomUUID(), randomUUID()];
    await grow();
    await guard(first).advance();
    app(second).get(KnownPlaces).forget();
    app(second).get(RecordIndexes).forget();
    app(second).get(BoundIndexes).forget();
    await guard(second).advance();
    expect(guard(second).fault).toBeNull();
    await grow();
  });

  const { instance, app, guard, seal } = processesOf(() => audit);
  const grow = () => seal(first, [...eventsOf(tenantId, 2), ...eventsOf(other, 2)]);
  const anchoredSeq = async (of: string): Promise<number | undefined> => {
    const trails = await trailsOfAnchor(instance(first).dataSource, audit.macs.anchor?.number ?? 0);
    return trails?.heads.find((head) => head.tenantId === of)?.seq;
  };
  const unproven = async (): Promise<number | undefined> =>
    (await app(second).get(Registry).getSingleMetric('ankasecure_trails_unproven')?.get())?.values[0]?.value;
  const alarms = (error: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } }, alarm: string) =>
    error.mock.calls.filter(([fields]) => {
      const of = fields as { readonly alarm?: unknown; readonly tenantId?: unknown };
      return of.alarm === alarm && of.tenantId === tenantId;
    });

  const final: readonly ErrorCode[] = ['tenant-unknown', 'access-denied', 'internal-error', 'key-state'];
  const failures: readonly (readonly [string, () => Promise<() => unknown>])[] = [
    ...final.map(
      (code) =>
        [
          `whose workers answer ${code}`,
          () => {
            audit.macs.failures.set(tenantId, new AnkaError(code));
            return Promise.resolve(() => audit.macs.failures.delete(tenantId));
          },
        ] as const,
    ),
    [
      'whose rows raise an error',
      async () => {
        await audit.tamper(`CREATE POLICY attack ON sealed_event AS RESTRICTIVE
          USING (tenant_id <> '${tenantId}' OR 1 / (seq - seq) = 1)`);
        return () => audit.tamper('DROP POLICY attack ON sealed_event');
      },
    ],
    [
      'that no code of ours expects',
      () => {
        const descent = app(second).get(TrailDescent);
        const prove = descent.of.bind(descent);
        const spy = vi
          .spyOn(descent, 'of')
          .mockImplementation((context, ...rest) =>
            context.tenantId === tenantId ? Promise.reject(new TypeError('x is null')) : prove(context, ...rest),
          );
        return Promise.resolve(() => spy.mockRestore());
      },
    ],
  ];

  it.each(failures)('is refused with an alarm of its own, and the others go on, if it is one %s', async (_, fail) => {
    const error = vi.spyOn(instance(second).log, 'error');
    const undo = await fail();
    try {
      for (let round = 0; round < 4; round++) await guard(second).advance();
      // Nothing says that it is older than the anchor, so there is nothing to restore or to accept.
      expect([await guard(second).refused(), guard(second).fault, guard(second).refusedTrails]).toEqual([[], null, 0]);
      expect([alarms(error, 'trail-behind').length, alarms(error, 'trail-unproven').length]).toEqual([0, 1]);
      expect(await unproven()).toBe(1);
      expect([await anchoredSeq(tenantId), await anchoredSeq(other)]).toEqual([2, 4]);
      await guard(second).assertSound(other);
      await expect(guard(second).assertSound(tenantId)).rejects.toMatchObject({ code: 'service-unavailable' });
    } finally {
      await undo();
      error.mockRestore();
    }
    await guard(second).advance();
    expect(guard(second).fault).toBeNull();
    expect(await anchoredSeq(tenantId)).toBe(4);
  });

  const waits: readonly (readonly [string, () => Promise<() => unknown>])[] = [
    [
      'whose workers do not answer',
      () => {
        audit.macs.failures.set(tenantId, new AnkaError('hsm-unavailable'));
        return Promise.resolve(() => audit.macs.failures.delete(tenantId));
      },
    ],
    [
      'whose rows are not read in time',
      async () => {
        await audit.tamper(`CREATE POLICY attack ON sealed_event AS RESTRICTIVE
          USING (tenant_id <> '${tenantId}' OR pg_sleep(30) IS NULL)`);
        return () => audit.tamper('DROP POLICY attack ON sealed_event');
      },
    ],
    [
      'whose last seal is not genuine',
      async () => {
        const trail = new ForgedTrail(audit, tenantId);
        const rows = await trail.rows();
        const last = rows.at(-1) as ChainRow;
        await trail.write((all) => [...all, { ...last, eventId: randomUUID() }]);
        return () =>
          audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq > ${last.seq};
            UPDATE trail_head h SET seq = e.seq, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
              WHERE h.tenant_id = '${tenantId}' AND e.tenant_id = h.tenant_id AND e.seq = ${last.seq}`);
      },
    ],
  ];

  it.each(waits)('keeps its place, and raises the alarm after three rounds, if it is one %s', async (_, stop) => {
    const error = vi.spyOn(instance(second).log, 'error');
    const undo = await stop();
    try {
      for (let round = 1; round <= 3; round++) {
        expect([await unproven(), alarms(error, 'trail-unproven').length]).toEqual([0, 0]);
        await guard(second).advance();
        expect([await anchoredSeq(tenantId), await anchoredSeq(other)]).toEqual([2, 4]);
        expect(guard(second).fault).toBeNull();
      }
      expect(await unproven()).toBe(1);
      await guard(second).advance();
      expect([await unproven(), alarms(error, 'trail-unproven').length]).toEqual([1, 1]);
      expect(guard(second).fault).toBeNull();
    } finally {
      await undo();
      error.mockRestore();
    }
    await guard(second).advance();
    expect(await unproven()).toBe(0);
    expect(await anchoredSeq(tenantId)).toBe(4);
  });
});
