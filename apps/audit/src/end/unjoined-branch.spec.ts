import { randomUUID } from 'node:crypto';
import { ChainVerification } from '@ankasecure/audit-event';
import { type AuditEvent, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeldAnchors } from '../anchor/held-anchor.js';
import { anchoredPlaceOf, headsIn } from '../anchor/trail-place.js';
import { FindUnsealed } from '../intake/find-unsealed.js';
import { ReceiveEvents } from '../intake/receive-events.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { BranchedTrail } from '../testing/branched-trail.js';
import { contextOf, eventsOf, proven, type RunningAudit } from '../testing/running-audit.js';
import { processesOf, startWithoutRounds } from '../testing/two-processes.js';
import { VerifyTrail } from '../verification/verify-trail.js';
import { KnownPlaces } from './known-places.js';

const [first, second] = [0, 1];
/** The second process knows the anchor at the second event. The first anchors the fifth later. */
const [knownAt, anchoredAt] = [2, 5];

describe('a process that has continued a branch, and an anchor that is not on it', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let trail: BranchedTrail;
  beforeAll(async () => {
    audit = await startWithoutRounds();
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    // Each test begins with sound trails.
    for (const number of [first, second]) app(number).get(KnownPlaces).forget();
    audit.macs.anchor = null;
    await audit.tamper('DELETE FROM trail_anchor');
    for (const number of [first, second]) await guard(number).compare();
    tenantId = randomUUID();
    trail = new BranchedTrail(audit, tenantId);
  });

  const { instance, app, guard, seal: sealAll } = processesOf(() => audit);
  const seal = (number: number, events = eventsOf(tenantId, 1)) => sealAll(number, events);
  const refused = { code: 'service-unavailable', retryable: true };
  /** The process has read which anchor the token holds, and has not compared the trails with it yet. */
  const learnAnchor = async (number: number): Promise<void> => {
    const held = await app(number).get(HeldAnchors).read();
    app(number).get(KnownPlaces).keepAnchored(headsIn(held).map(anchoredPlaceOf));
  };
  /** @param length the events of the branch that the second process has sealed */
  const makeBranch = async (cut: number, length: number): Promise<AuditEvent> => {
    for (let seq = 1; seq <= knownAt; seq++) await seal(first);
    await guard(first).advance();
    await guard(second).compare();
    for (let seq = knownAt + 1; seq <= anchoredAt; seq++) await seal(first);
    const whole = await trail.keep();
    await trail.branch(cut, cut);
    let last = eventsOf(tenantId, 1);
    for (let event = 0; event < length; event++) {
      last = eventsOf(tenantId, 1);
      await seal(second, last);
    }
    const branch = await trail.keep();
    await trail.show(whole);
    await guard(first).advance();
    await trail.show(branch);
    await learnAnchor(second);
    return last[0] ?? expect.unreachable();
  };

  const cases = [2, 3, 4].flatMap((cut) =>
    [anchoredAt - cut, anchoredAt - cut + 1, 20].map((length) => ({ cut, length })),
  );

  it.each(cases)(
    'is refused, with an alarm, if the branch leaves the trail after event $cut and has $length events',
    async ({ cut, length }) => {
      const event = await makeBranch(cut, length);
      const error = vi.spyOn(instance(second).log, 'error');
      const { eventId, correlationId } = event;
      expect(
        await app(second).get(FindUnsealed).find(contextOf(tenantId), [{ tenantId, eventId, correlationId }]),
      ).toEqual({ unsealed: [eventId], unknown: [] });
      await expect(app(second).get(RecordIndexes).heads(contextOf(tenantId))).rejects.toMatchObject(refused);
      await learnAnchor(second);
      await expect(seal(second)).rejects.toMatchObject(refused);
      expect(error.mock.calls.map(([fields]) => fields)).toContainEqual(
        expect.objectContaining({ alarm: 'trail-behind', tenantId }),
      );
      expect(await app(second).get(VerifyTrail).verify(contextOf(tenantId), {})).toMatchObject({ valid: false });
      await guard(second).advance();
      expect(await guard(second).refused()).toContain(tenantId);
      // Nor is the branch anchored.
      const held = await app(second).get(HeldAnchors).read();
      expect(headsIn(held).find((head) => head.tenantId === tenantId)?.seq).toBe(anchoredAt);
      error.mockRestore();
    },
  );

  it.each(cases.filter(({ length }) => length < 20))(
    'seals nothing, refused as retryable, while nothing tells whether the branch after event $cut with $length events joins it',
    async ({ cut, length }) => {
      await makeBranch(cut, length);
      const sealed = async () =>
        (
          await audit.postgres.query(
            'ankadb_audit',
            'SELECT count(*)::int AS rows FROM sealed_event WHERE tenant_id = $1',
            [tenantId],
          )
        )[0];
      const before = await sealed();
      await audit.tamper(`CREATE POLICY attack ON sealed_event AS RESTRICTIVE FOR SELECT
      USING (tenant_id <> '${tenantId}' OR pg_sleep(0.7) IS NOT NULL)`);
      try {
        const context = contextOf(platformTenantId, 3_000);
        const source = { reporter: 'crypto-worker', partition: 'default' } as const;
        await expect(
          app(second)
            .get(ReceiveEvents)
            .receive(context, source, proven(eventsOf(tenantId, 1))),
        ).rejects.toMatchObject({ retryable: true });
      } finally {
        await audit.tamper('DROP POLICY attack ON sealed_event');
      }
      expect(await sealed()).toEqual(before);
    },
  );

  it.each([1, 15, 17, 40])(
    'is not what one process makes that seals %i batches while it anchors: it walks along nothing',
    async (batches) => {
      await seal(first);
      const fed = vi.spyOn(ChainVerification.prototype, 'feed');
      const { source } = guard(first) as unknown as {
        readonly source: { write: (anchor: unknown) => Promise<unknown> };
      };
      const write = source.write.bind(source);
      vi.spyOn(source, 'write').mockImplementationOnce(async (anchor) => {
        for (let batch = 0; batch < batches; batch++) await seal(first);
        return write(anchor);
      });
      await guard(first).advance();
      await seal(first);
      await guard(first).compare();
      await seal(first);
      expect(fed.mock.calls.filter(([row]) => row.tenantId === tenantId)).toHaveLength(0);
      vi.restoreAllMocks();
    },
  );
});
