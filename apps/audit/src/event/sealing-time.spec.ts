import { randomUUID } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { KnownPlaces } from '../end/known-places.js';
import { underAttack } from '../testing/attacked-database.js';
import { ForgedTrail } from '../testing/forged-trail.js';
import { retime } from '../testing/retimed.js';
import { eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { processesOf, startWithoutRounds } from '../testing/two-processes.js';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const bound = 2 * secondMs;

/** Which process seals after a lie, and whether processes remember the ends of trails. */
const surroundings = [
  ['the process that sealed the end', true, 0],
  ['another process', true, 1],
  ['a process of a token without anchors', false, 0],
  ['another process of a token without anchors', false, 1],
] as const;

describe.each(surroundings)('the time at which %s seals', (_, keepsEnds, second) => {
  let audit: RunningAudit;
  let tenantId: string;
  beforeAll(async () => {
    audit = keepsEnds ? await startWithoutRounds() : await startAudit();
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    tenantId = randomUUID();
    await seal(0, eventsOf(tenantId, 2));
  });
  const { seal, app } = processesOf(() => audit);
  const tamper = (sql: string) => audit.tamper(sql);
  const putHead = (at: string) => tamper(`UPDATE trail_head SET sealed_at = ${at} WHERE tenant_id = '${tenantId}'`);
  const times = async () => (await new ForgedTrail(audit, tenantId).rows()).map(({ sealedAt }) => sealedAt / 1000);
  const isSound = async (checked: number) =>
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked });

  it.each([
    '- 400 days',
    '- 20 hours',
    '- 40 minutes',
    '- 3 seconds',
    '3 seconds',
    '40 minutes',
    '3 hours 30 minutes',
    '20 hours',
    '400 days',
  ])('is the true one if the head of the trail says now %s', async (by) => {
    const earlier = await times();
    for (let batch = 0; batch < 2; batch++) {
      await putHead(`date_trunc('milliseconds', now() + interval '${by}')`);
      const before = Date.now();
      await seal(second, eventsOf(tenantId, 2));
      for (const at of (await times()).slice(-2)) {
        expect(at).toBeGreaterThanOrEqual(Math.max(earlier.at(-1) ?? 0, before - bound));
        expect(at).toBeLessThanOrEqual(Date.now() + bound);
      }
    }
    expect((await times()).slice(0, 2)).toEqual(earlier);
    await isSound(6);
  });

  it.each(['- 40 minutes', '3 seconds', '40 minutes', '400 days'])(
    'is the true one if the function that locks the head says now %s',
    async (by) => {
      const body = `BEGIN RETURN QUERY SELECT h.seq, h.hash, now() + interval '${by}' FROM trail_head h WHERE h.tenant_id = tenant FOR UPDATE; END`;
      await underAttack(audit, { replaced: { name: 'lock_trail_head', body } }, async () => {
        await seal(second, eventsOf(tenantId, 1));
      });
      expect(Math.abs(((await times()).at(-1) ?? 0) - Date.now())).toBeLessThan(minuteMs);
      await isSound(3);
    },
  );

  it.each([-400 * 24 * hourMs, -40 * minuteMs, -4 * secondMs, 4 * secondMs, 40 * minuteMs, 400 * 24 * hourMs])(
    'is none while the database’s clock is that far from this process’s: %i ms. The events wait',
    async (ms) => {
      const events = eventsOf(tenantId, 2);
      const { now } = Date;
      const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - ms);
      try {
        const refused = (await seal(second, events).catch((error: unknown) => error)) as AnkaError;
        expect(refused).toBeInstanceOf(AnkaError);
        expect(refused).toMatchObject({ retryable: true });
        expect(await times()).toHaveLength(2);
      } finally {
        clock.mockRestore();
      }
      await seal(second, events);
      await isSound(4);
    },
  );

  if (keepsEnds) return;

  it.each([3 * secondMs, 40 * minuteMs, 20 * hourMs])(
    'is that of the last row, if that was sealed ahead of the clock: by %i ms',
    async (ms) => {
      await retime(audit, tenantId, ({ sealedAt }) => sealedAt + ms * 1000);
      app(second).get(KnownPlaces).forget();
      const earlier = await times();
      await putHead(`now() - interval '1 day'`);
      for (let batch = 0; batch < 2; batch++) await seal(second, eventsOf(tenantId, 1));
      const told = await times();
      expect(told.slice(0, 2)).toEqual(earlier);
      for (const at of told.slice(2)) expect(Math.abs(at - (earlier.at(-1) ?? 0))).toBeLessThan(minuteMs);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      await isSound(4);
    },
  );

  if (second === 0) return;

  it('is none if the trail does not have its last row', async () => {
    await tamper(`DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq = 2`);
    await expect(seal(second, eventsOf(tenantId, 1))).rejects.toMatchObject({ retryable: true });
  });
});
