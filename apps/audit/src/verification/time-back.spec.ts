import { randomUUID } from 'node:crypto';
import { acceptTrails, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BoundIndexes } from '../end/bound-index.js';
import { KnownPlaces } from '../end/known-places.js';
import { BranchedTrail } from '../testing/branched-trail.js';
import { retime } from '../testing/retimed.js';
import { contextOf, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { TrailSql } from '../testing/trail-sql.js';
import { processesOf, startWithoutRounds } from '../testing/two-processes.js';

const minuteUs = 60_000_000;

describe('a trail that a process of a release before has sealed back in time', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let trail: TrailSql;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());
  /** Four batches of five events. The second was sealed ahead of time. */
  beforeEach(async () => {
    tenantId = randomUUID();
    trail = new TrailSql(tenantId);
    await audit.appendTwenty(tenantId);
    await retime(audit, tenantId, ({ seq, sealedAt }) => (seq > 5 && seq <= 10 ? sealedAt + 40 * minuteUs : sealedAt));
  });

  const wentBack = { valid: false, firstBadSeq: 11, reason: 'time-inconsistent' };

  it('is verified to its end, and the first event that went back is named', async () => {
    expect(await audit.verify(tenantId)).toMatchObject({ ...wentBack, checked: 20, untilSeq: 20 });
    await audit.append(eventsOf(tenantId, 5));
    expect(await audit.verify(tenantId)).toMatchObject({ ...wentBack, checked: 25, untilSeq: 25 });
    for (const fromSeq of [7, 10, 11]) expect(await audit.verify(tenantId, { fromSeq })).toMatchObject(wentBack);
    for (const range of [{ untilSeq: 10 }, { fromSeq: 12 }, { fromSeq: 3, untilSeq: 9 }])
      expect(await audit.verify(tenantId, range)).toMatchObject({ valid: true });
  });

  it.each([
    ['a changed event', () => trail.flip('canonical', 17), 17, 'content-changed'],
    ['a deleted event', () => trail.delete(17), 17, 'missing'],
    ['two swapped events', () => trail.swap(17, 18), 17, 'chain-broken'],
    ['a removed seal', () => trail.stripSeal(15), 11, 'unsealed'],
    ['a truncated tail', () => `DELETE FROM sealed_event WHERE ${trail.rows} AND seq > 15`, 16, 'tail-missing'],
  ] as const)('shows %s after that', async (_, sql, firstBadSeq, reason) => {
    await audit.tamper(sql());
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq, reason });
  });

  it('is listed as it was sealed', async () => {
    const { items, unproven } = await audit.query(tenantId, { order: 'asc', limit: 100 });
    expect([items.length, unproven]).toEqual([20, []]);
  });
});

describe('a process that has not sealed a trail which went back in time', () => {
  let audit: RunningAudit;
  let tenantId: string;
  beforeAll(async () => {
    audit = await startWithoutRounds();
  });
  afterAll(() => audit.stop());
  const { seal, app, guard } = processesOf(() => audit);
  /** The anchor binds the first event. The second was sealed ahead of time. */
  beforeEach(async () => {
    tenantId = randomUUID();
    await seal(0, eventsOf(tenantId, 1));
    await guard(0).advance();
    for (let batch = 0; batch < 3; batch++) await seal(0, eventsOf(tenantId, 1));
    await retime(audit, tenantId, ({ seq, sealedAt }) => (seq === 2 ? sealedAt + 40 * minuteUs : sealedAt));
    for (const number of [0, 1]) {
      app(number).get(KnownPlaces).forget();
      app(number).get(BoundIndexes).forget();
    }
    await guard(1).compare();
  });

  it('walks along it, seals on it and anchors it', async () => {
    await seal(1, eventsOf(tenantId, 2));
    await guard(1).advance();
    expect(guard(1).fault).toBeNull();
    const anchor = { standing: 'matches', seq: 6 };
    expect(await audit.verify(tenantId)).toMatchObject({
      firstBadSeq: 3,
      reason: 'time-inconsistent',
      checked: 6,
      anchor,
    });
  });

  it('accepts it after a restore', async () => {
    const trail = new BranchedTrail(audit, tenantId);
    const backup = await trail.keep();
    await seal(1, eventsOf(tenantId, 1));
    await guard(1).advance();
    await trail.show(backup);
    for (const number of [0, 1]) await guard(number).compare();
    expect(await guard(1).refused()).toContain(tenantId);
    const answer = await audit.gateway.request(acceptTrails, '', contextOf(platformTenantId), {});
    expect(answer).toMatchObject({ accepted: true, refused: [] });
    for (const number of [0, 1]) await guard(number).compare();
    await seal(1, eventsOf(tenantId, 1));
    expect(await audit.verify(tenantId)).toMatchObject({ firstBadSeq: 3, reason: 'time-inconsistent', checked: 6 });
  });
});
