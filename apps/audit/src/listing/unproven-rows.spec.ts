import { randomUUID } from 'node:crypto';
import { AnkaError, type AuditEvent } from '@ankasecure/contracts';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SealedEnds } from '../end/sealed-ends.js';
import { ForgedTrail } from '../testing/forged-trail.js';
import { eventOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { TrailSql } from '../testing/trail-sql.js';

const nine = { 6: 'unsealed', 7: 'unsealed', 8: 'unsealed', 9: 'content-changed' };

type Page = Awaited<ReturnType<RunningAudit['query']>>;
type Query = Parameters<RunningAudit['query']>[1];

const seqsOf = (rows: readonly { readonly seq: number }[]): readonly number[] => rows.map(({ seq }) => seq);
const reasonsOf = ({ unproven = [] }: Page): Readonly<Record<number, string>> =>
  Object.fromEntries(unproven.map(({ seq, reason }) => [seq, reason]));

describe('a page of a changed trail', () => {
  let [tenantId, trail] = ['', new TrailSql('')];
  let events: readonly AuditEvent[];
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(async () => {
    await audit.stop();
  });
  /** Three batches of five, of two users in turn. */
  beforeEach(async () => {
    tenantId = randomUUID();
    trail = new TrailSql(tenantId);
    events = Array.from({ length: 15 }, (_, index) =>
      eventOf(tenantId, { userId: index % 2 === 0 ? 'alice' : 'bob', details: { index: String(index) } }),
    );
    for (let start = 0; start < events.length; start += 5) await audit.append(events.slice(start, start + 5));
  });
  afterEach(() => {
    for (const { app } of audit.instances) app.get(SealedEnds).forget();
    audit.macs.failures.clear();
    audit.macs.slow.clear();
  });
  const list = (query: Query = {}): Promise<Page> => audit.query(tenantId, { order: 'asc', ...query });

  it('shows a whole trail, page by page and by every filter, as it was sealed', async () => {
    expect(await list()).toMatchObject({ unproven: [], missing: [], next: null });
    expect(seqsOf((await list({ userId: 'bob' })).items)).toEqual([2, 4, 6, 8, 10, 12, 14]);
    for (const order of ['asc', 'desc'] as const) {
      const seen: number[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await list({ order, limit: 2, ...(cursor && { cursor }) });
        expect(page).toMatchObject({ unproven: [], missing: [] });
        seen.push(...seqsOf(page.items));
        if (page.next === null) break;
        cursor = page.next;
      }
      expect(seen.toSorted((a, b) => a - b)).toEqual(events.map((_, index) => index + 1));
    }
  });

  it.each([
    ['a changed column', () => trail.set('user_id', "'mallory'", 7), { 6: 'unsealed', 7: 'content-changed' }],
    ['changed details', () => trail.set('details', "'{}'", 7), { 6: 'unsealed', 7: 'content-changed' }],
    ['details that are no JSON', () => trail.set('details', "'{'", 7), { 6: 'unsealed', 7: 'content-changed' }],
    ['an impossible time', () => trail.set('occurred_at', '9223372036854775807', 9), nine],
    [
      'a sealing time that is a microsecond later',
      () => trail.set('sealed_at', "sealed_at + interval '1 microsecond'", 9),
      nine,
    ],
    [
      'a removed seal',
      () => trail.stripSeal(10),
      { 6: 'unsealed', 7: 'unsealed', 8: 'unsealed', 9: 'unsealed', 10: 'unsealed' },
    ],
    ['a planted row', () => trail.duplicate(10), { 10: 'content-changed' }],
    ['a deleted row', () => trail.delete(8), { 6: 'unsealed', 7: 'unsealed' }],
  ] as const)('tells %s apart from the events', async (_, sql, expected) => {
    const before = await list();
    await audit.tamper(sql());
    const page = await list();
    expect(reasonsOf(page)).toEqual(expected);
    for (const item of page.items) expect(before.items).toContainEqual(item);
    const others = before.items.filter(({ seq }) => page.items.every((item) => item.seq !== seq));
    const told = [...seqsOf(page.unproven ?? []), ...(page.missing ?? []).map(({ fromSeq }) => fromSeq)];
    expect(seqsOf(others).filter((seq) => !told.includes(seq))).toEqual([]);
  });

  it('shows what a row says that has the form of an event, and no content of one that has not', async () => {
    await audit.tamper(`${trail.set('user_id', "'mallory'", 10)}; ${trail.set('details', "'{'", 15)}`);
    const { unproven } = await list();
    expect(unproven?.find(({ seq }) => seq === 10)?.event).toMatchObject({ seq: 10, userId: 'mallory' });
    expect(unproven?.find(({ seq }) => seq === 15)).toEqual({ seq: 15, reason: 'content-changed', event: null });
  });

  it('is not deceived by a row with every hash computed again', async () => {
    await new ForgedTrail(audit, tenantId).write((rows) => rows.with(6, { ...rows[6], userId: 'mallory' }));
    expect(reasonsOf(await list({ userId: 'mallory' }))).toEqual({ 7: 'hmac-mismatch' });
    expect((await list({ userId: 'mallory' })).items).toEqual([]);
    await new ForgedTrail(audit, tenantId).write((rows) => rows.with(12, { ...rows[12], details: '{}' }));
    const page = await list({ userId: 'alice' });
    expect(page.items.every(({ seq }) => seq < 6)).toBe(true);
    expect(reasonsOf(page)).toMatchObject({ 11: 'unsealed', 13: 'unsealed', 15: 'unsealed' });
  });

  it('shows nobody an event that the filter does not select, whatever the database selects', async () => {
    await audit.tamper(trail.duplicate(2));
    await audit.tamper(`UPDATE sealed_event SET user_id = 'mallory' WHERE ctid IN
      (SELECT ctid FROM sealed_event WHERE ${trail.at(2)} ORDER BY sealed_at DESC LIMIT 1) AND ${trail.rows}`);
    const page = await list({ userId: 'mallory' });
    expect(page.items).toEqual([]);
    expect(reasonsOf(page)).toEqual({ 2: 'content-changed' });
  });

  it('tells a cut tail that this process has sealed or proved', async () => {
    for (const { app } of audit.instances) {
      const ends = app.get(SealedEnds);
      ends.keep(true);
      const [last] = await audit.postgres.query('ankadb_audit', `SELECT hash FROM sealed_event WHERE ${trail.at(15)}`);
      ends.learn(tenantId, { seq: 15, hash: last?.['hash'] as Buffer, sealedAt: new Date() }, undefined);
    }
    const cut = `DELETE FROM sealed_event WHERE ${trail.rows} AND seq > 10`;
    const moved = `UPDATE trail_head h SET seq = 10, hash = e.hash FROM sealed_event e WHERE h.${trail.rows} AND ${trail.at(10, 'e')}`;
    await audit.tamper(`${cut}; ${moved}`);
    expect(await list()).toMatchObject({ missing: [{ fromSeq: 11, untilSeq: 15 }] });
    for (const { app } of audit.instances) app.get(SealedEnds).keep(false);
  });

  it('has no row that nobody compared: without a worker, there is no page', async () => {
    audit.macs.failures.set(tenantId, new AnkaError('hsm-unavailable'));
    await expect(list()).rejects.toMatchObject({ code: 'hsm-unavailable', retryable: true });
    audit.macs.failures.clear();
    audit.macs.slow.add(tenantId);
    await expect(list({ limit: 1 })).rejects.toMatchObject({ retryable: true });
    audit.macs.slow.clear();
    expect((await list()).items).toHaveLength(15);
  });

  it('asks a worker once for each key, and for no more than the page and its seals', async () => {
    audit.macs.requests.length = 0;
    await list();
    expect(audit.macs.requests).toMatchObject([{ messages: 18 }]);
    audit.macs.requests.length = 0;
    await list({ limit: 1 });
    expect(audit.macs.requests).toMatchObject([{ messages: 3 }]);
  });

  it('raises the alarm', async () => {
    const counted = async (): Promise<number> => {
      let sum = 0;
      for (const { app } of audit.instances) {
        const metric = await app.get(Registry).getSingleMetric('ankasecure_audit_events_unproven_total')?.get();
        for (const { value } of metric?.values ?? []) sum += value;
      }
      return sum;
    };
    const before = await counted();
    await list();
    expect(await counted()).toBe(before);
    await audit.tamper(trail.set('user_id', "'mallory'", 15));
    await list({ limit: 1, order: 'desc' });
    expect(await counted()).toBe(before + 1);
  });
});
