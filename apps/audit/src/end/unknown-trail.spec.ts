import { randomUUID } from 'node:crypto';
import { type ChainRow, ChainVerification } from '@ankasecure/audit-event';
import { AnkaError, type AuditEvent, monotonicNow, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { trailHeads, trailsOfAnchor } from '../anchor/trail-anchor.sql.js';
import { FindUnsealed } from '../intake/find-unsealed.js';
import { MacSource } from '../mac/mac-source.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { reportedEventOf } from '../reporter/reported-event.js';
import { ForgedTrail } from '../testing/forged-trail.js';
import { contextOf, database, eventOf, type RunningAudit } from '../testing/running-audit.js';
import { processesOf, startWithoutRounds } from '../testing/two-processes.js';
import { BoundIndexes } from './bound-index.js';
import { KnownPlaces } from './known-places.js';
import { TrailDescent } from './trail-descent.js';

const [first, second] = [0, 1];
const source = { reporter: 'crypto-worker', partition: 'default' } as const;

/** Ends that only the owner of the database can have made. `planted` is an event that no service has reported. */
const madeUp: readonly (readonly [string, (trail: ForgedTrail, planted: ChainRow) => Promise<void>])[] = [
  ['has no seal', (trail, row) => trail.write((rows) => [...rows, { ...row, chainSeal: null }])],
  [
    'has the seal of the end before',
    (trail, row) => trail.write((rows) => [...rows, { ...row, ...sealOf(rows.at(-1)) }]),
  ],
  ['has the seal of the first batch', (trail, row) => trail.write((rows) => [...rows, { ...row, ...sealOf(rows[0]) }])],
  [
    'has a seal of any bytes',
    (trail, row) =>
      trail.write((rows) => [...rows, { ...row, chainSeal: { fromSeq: 3, mac: Buffer.alloc(32, 7), index: null } }]),
  ],
  [
    'names a key that the tenant does not have',
    (trail, row) => trail.write((rows) => [...rows, { ...row, ...sealOf(rows.at(-1)), macKeyId: '9.2026-11-30' }]),
  ],
  ['replaces the whole trail', (trail, row) => trail.write((rows) => [{ ...row, ...sealOf(rows.at(-1)) }])],
  ['is behind a changed row', (trail, row) => trail.write(([, ...rows]) => [{ ...row, chainSeal: null }, ...rows])],
];
const sealOf = (row: Partial<ChainRow> | undefined): Pick<ChainRow, 'chainSeal'> => ({
  chainSeal: row?.chainSeal ?? null,
});

describe('a trail that no anchor binds and that the process does not know', () => {
  let audit: RunningAudit;
  let tenantId: string;
  beforeAll(async () => {
    audit = await startWithoutRounds();
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    for (const number of [first, second]) await restart(number);
    tenantId = randomUUID();
    for (let batch = 0; batch < 2; batch++) await seal(first, eventOf(tenantId));
  });

  const { app, guard, seal: sealAll } = processesOf(() => audit);
  const seal = (number: number, ...events: readonly AuditEvent[]) => sealAll(number, events);
  const ask = (number: number) => app(number).get(RecordIndexes).heads(contextOf(tenantId));
  const findAll = (number: number, events: readonly AuditEvent[]) =>
    app(number)
      .get(FindUnsealed)
      .find(
        contextOf(platformTenantId),
        events.map(({ eventId, correlationId, ...of }) => ({ tenantId: of.tenantId, eventId, correlationId })),
      );
  const find = async (number: number, event: AuditEvent) => (await findAll(number, [event])).unsealed;
  /** As a new process, which remembers nothing. */
  const restart = async (number: number) => {
    app(number).get(KnownPlaces).forget();
    app(number).get(RecordIndexes).forget();
    app(number).get(BoundIndexes).forget();
    await guard(number).compare();
  };
  const anchoredSeq = async (): Promise<number | undefined> => {
    const { dataSource } = audit.instances[first] ?? expect.unreachable();
    const trails = await trailsOfAnchor(dataSource, audit.macs.anchor?.number ?? 0);
    return trails?.heads.find((head) => head.tenantId === tenantId)?.seq;
  };
  const refused = { code: 'service-unavailable', retryable: true };
  /** Plants an end with an event that counts as sealed by the list of known ids. */
  const plant = async (make: (typeof madeUp)[number][1]): Promise<AuditEvent> => {
    const trail = new ForgedTrail(audit, tenantId);
    const event = eventOf(tenantId, { operation: 'key.compromise' });
    const [row] = await trail.rows();
    const { details } = reportedEventOf(source, event);
    await make(trail, { ...(row ?? expect.unreachable()), ...event, details });
    await audit.postgres.query(database, `INSERT INTO event_dedup VALUES ('${tenantId}', '${event.eventId}')`);
    return event;
  };

  it.each(madeUp)('is not believed at an end that %s', async (_, make) => {
    const event = await plant(make);
    expect(await find(second, event)).toEqual([event.eventId]);
    await expect(ask(second)).rejects.toMatchObject(refused);
    await expect(seal(second, event)).rejects.toMatchObject(refused);
    await expect(seal(second, eventOf(tenantId))).rejects.toMatchObject(refused);
    // Another trail is anchored, and this one is not.
    await seal(second, eventOf(randomUUID()));
    const number = audit.macs.anchor?.number ?? 0;
    await guard(second).advance();
    expect(audit.macs.anchor?.number).toBe(number + 1);
    expect(await anchoredSeq()).toBeUndefined();
  });

  it.each(madeUp)('is not believed at an end that %s, by a process whose token stores no anchor', async (_, make) => {
    const { anchor } = audit.macs;
    audit.macs.anchor = undefined;
    await restart(second);
    const event = await plant(make);
    expect(await find(second, event)).toEqual([event.eventId]);
    await expect(ask(second)).rejects.toMatchObject(refused);
    await expect(seal(second, event)).rejects.toMatchObject(refused);
    await expect(seal(second, eventOf(tenantId))).rejects.toMatchObject(refused);
    audit.macs.anchor = anchor;
  });

  it('is not asked about while the database hides the anchor', async () => {
    const [event] = [eventOf(tenantId)];
    await seal(first, event);
    await guard(first).advance();
    const trail = new ForgedTrail(audit, tenantId);
    const lost = eventOf(tenantId);
    const { details } = reportedEventOf(source, lost);
    // The way back to a genuine end: it holds the event of a batch that was not committed.
    await audit.tamper('CREATE TABLE hidden AS SELECT * FROM trail_anchor; DELETE FROM trail_anchor');
    try {
      await trail.write((rows) => [...rows, { ...(rows.at(-1) as ChainRow), ...lost, details }]);
      await restart(second);
      await expect(find(second, lost)).rejects.toMatchObject(refused);
      await expect(find(second, event)).rejects.toMatchObject(refused);
    } finally {
      await audit.tamper('INSERT INTO trail_anchor SELECT * FROM hidden; DROP TABLE hidden');
    }
  });

  it('is not asked about while it is refused, and others are', async () => {
    const [event, other] = [eventOf(tenantId), eventOf(randomUUID())];
    await seal(first, event, other);
    await guard(first).advance();
    await guard(second).compare();
    vi.spyOn(guard(second), 'refuses').mockImplementation((one) => Promise.resolve(one === tenantId));
    expect((await findAll(second, [event, other])).unsealed).toEqual([event.eventId]);
    vi.restoreAllMocks();
    expect((await findAll(second, [event, other])).unsealed).toEqual([]);
  });

  it.each([
    ['is anchored', () => guard(second).advance()],
    ['is sealed on', () => seal(second, eventOf(tenantId))],
    ['answers about records', () => ask(second)],
  ])('%s at a genuine end, of which one row is read, whatever its length', async (_, use) => {
    for (let batch = 0; batch < 30; batch++) await seal(first, eventOf(tenantId));
    const fed = vi.spyOn(ChainVerification.prototype, 'feed');
    const macs = vi.spyOn(app(second).get(MacSource), 'compute');
    await use();
    const ofTrail = fed.mock.calls.filter(([row]) => row.tenantId === tenantId);
    expect(ofTrail.length).toBeLessThanOrEqual(1);
    // Beside the seal of its own batch.
    const named = macs.mock.calls.filter(([of, macKeyId]) => of.tenantId === tenantId && macKeyId !== null);
    expect(named.length).toBeLessThanOrEqual(2);
    vi.restoreAllMocks();
    await guard(second).advance();
    const { dataSource } = audit.instances[first] ?? expect.unreachable();
    const told = (await trailHeads(dataSource)).find((head) => head.tenantId === tenantId);
    expect(await anchoredSeq()).toBe(told?.seq);
  });

  it.each(['tenant-unknown', 'internal-error', 'hsm-unavailable'] as const)(
    'loses no event, and those of other trails are told of, if its proof fails with %s',
    async (code) => {
      const [event, gone, other] = [eventOf(tenantId), eventOf(randomUUID()), eventOf(randomUUID())];
      await seal(first, event, other);
      audit.macs.failures.set(tenantId, new AnkaError(code));
      try {
        for (const comparison of [() => undefined, () => guard(second).compare()]) {
          await comparison();
          const found = await findAll(second, [event, gone, other]);
          expect(found).toEqual({ unsealed: [gone.eventId], unknown: [event.eventId] });
        }
        expect(guard(second).fault).toBeNull();
        await expect(seal(second, eventOf(tenantId))).rejects.toBeInstanceOf(AnkaError);
      } finally {
        audit.macs.failures.clear();
      }
      await guard(second).compare();
      expect(await find(second, event)).toEqual([]);
    },
  );

  it.each([2, 5])('leaves time for the others if the proofs of %i trails do not end', async (count) => {
    const slow = Array.from({ length: count }, () => eventOf(randomUUID()));
    const other = eventOf(randomUUID());
    await seal(first, ...slow, other);
    const { of } = TrailDescent.prototype;
    let late = 0;
    const asked = vi.spyOn(app(second).get(TrailDescent), 'of').mockImplementation(async function (
      this: TrailDescent,
      context,
      ...rest
    ) {
      if (context.tenantId === other.tenantId) return of.call(this, context, ...rest);
      late += context.deadline - monotonicNow();
      return 'pending';
    });
    const context = contextOf(platformTenantId, 4_000);
    const found = await app(second)
      .get(FindUnsealed)
      .find(
        context,
        [...slow, other].map(({ eventId, correlationId, ...one }) => ({
          tenantId: one.tenantId,
          eventId,
          correlationId,
        })),
      );
    asked.mockRestore();
    expect(found).toEqual({ unsealed: [], unknown: slow.map(({ eventId }) => eventId) });
    expect(late).toBeLessThan(4_000 * count);
  });

  const uses: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['answers about records', () => ask(second)],
    ['was sealed by the process', () => seal(first, eventOf(tenantId))],
  ];
  it.each(uses)(
    'is known to a process that knows its last seal, and has forgotten the end, once it %s',
    async (_, use) => {
      const number = use === uses[1]?.[1] ? first : second;
      await use();
      app(number).get(KnownPlaces).forget();
      await guard(number).compare();
      app(number).get(KnownPlaces).forget();
      app(number).get(RecordIndexes).forget();
      await ask(number);
      const { dataSource } = audit.instances[number] ?? expect.unreachable();
      const told = (await trailHeads(dataSource)).find((head) => head.tenantId === tenantId);
      expect(app(number).get(KnownPlaces).ends.of(tenantId)).toMatchObject({ seq: told?.seq, hash: told?.hash });
    },
  );

  it.each([
    ['was asked for an event', (event: AuditEvent) => find(second, event)],
    ['was asked about records', () => ask(second)],
  ])('is known once a process %s: an end that is put back is refused', async (_, use) => {
    const event = eventOf(tenantId);
    await seal(first, event);
    await use(event);
    await audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq = 3;
      UPDATE trail_head h SET seq = 2, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
        WHERE h.tenant_id = '${tenantId}' AND e.tenant_id = h.tenant_id AND e.seq = 2`);
    await expect(seal(second, eventOf(tenantId))).rejects.toMatchObject(refused);
    await guard(second).compare();
    expect(guard(second).fault).toContain(tenantId);
  });
});
