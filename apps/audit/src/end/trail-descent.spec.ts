import { randomUUID } from 'node:crypto';
import { ChainVerification } from '@ankasecure/audit-event';
import { type AuditEvent, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AnchorRounds } from '../anchor/anchor-rounds.js';
import { TrailGuard } from '../anchor/trail-guard.js';
import { ReceiveEvents } from '../intake/receive-events.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { BranchedTrail } from '../testing/branched-trail.js';
import { contextOf, database, eventsOf, proven, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { VerifyTrail } from '../verification/verify-trail.js';
import { KnownPlaces } from './known-places.js';

const [first, second] = [0, 1];
/** The true trail has as many events, each in a batch of its own, and the anchor binds the fourth. */
const [anchoredAt, trueEnd] = [4, 6];

/** The process that the branch is shown to, and whether it knows the true end. */
const processes = [
  { who: 'the process that sealed the trail', number: first, looks: false, restarts: false, knows: true },
  {
    who: 'the process that sealed the trail, after a restart',
    number: first,
    looks: false,
    restarts: true,
    knows: false,
  },
  { who: 'a second process that has read the trail', number: second, looks: true, restarts: false, knows: true },
  { who: 'a second process, after a restart', number: second, looks: true, restarts: true, knows: false },
  {
    who: 'a second process that has not read it since the anchor',
    number: second,
    looks: false,
    restarts: false,
    knows: false,
  },
] as const;
const cuts = [
  { where: 'before the anchor', cut: 2 },
  { where: 'at the anchor', cut: anchoredAt },
  { where: 'after the anchor', cut: 5 },
] as const;
const lengths = [
  { than: 'shorter than the trail', by: -1 },
  { than: 'as long as the trail', by: 0 },
  { than: 'longer than the trail', by: 3 },
] as const;
const cases = processes.flatMap((process) =>
  cuts.flatMap((cut) => lengths.map((length) => ({ ...process, ...cut, ...length }))),
);

describe('a trail of which the database shows another branch', () => {
  let audit: RunningAudit;
  let tenantId: string;
  let trail: BranchedTrail;
  beforeAll(async () => {
    // Each test moves the anchor itself.
    const rounds = vi.spyOn(AnchorRounds.prototype, 'onApplicationBootstrap').mockImplementation(() => undefined);
    audit = await startAudit();
    rounds.mockRestore();
    audit.macs.anchor = null;
  });
  afterAll(() => audit.stop());
  beforeEach(() => {
    tenantId = randomUUID();
    trail = new BranchedTrail(audit, tenantId);
  });

  const app = (number: number) => (audit.instances[number] ?? expect.unreachable()).app;
  const guard = (number: number): TrailGuard => app(number).get(TrailGuard);
  const seal = (number: number, events: readonly AuditEvent[] = eventsOf(tenantId, 1)) =>
    app(number)
      .get(ReceiveEvents)
      .receive(contextOf(platformTenantId), { reporter: 'crypto-worker', partition: 'default' }, proven(events));
  const ask = (number: number) => app(number).get(RecordIndexes).heads(contextOf(tenantId));
  /** As a new process, which remembers nothing. */
  const restart = async (number: number) => {
    app(number).get(KnownPlaces).forget();
    app(number).get(RecordIndexes).forget();
    await guard(number).compare();
  };
  const refused = { code: 'service-unavailable', retryable: true };
  /** Anchors the fourth event and seals two more. */
  const makeTrail = async (): Promise<string> => {
    for (let seq = 1; seq <= anchoredAt; seq++) await seal(first);
    await guard(first).advance();
    await guard(second).compare();
    for (let seq = anchoredAt + 1; seq <= trueEnd; seq++) await seal(first);
    return trail.keep();
  };
  /** Until an operator accepts it, or the trail is back. */
  const expectRefused = async (number: number): Promise<void> => {
    await expect(seal(number)).rejects.toMatchObject(refused);
    await expect(ask(number)).rejects.toMatchObject(refused);
    await guard(number).compare();
    expect(guard(number).fault).toContain(tenantId);
    await guard(number).advance();
    expect(guard(number).fault).toContain(tenantId);
  };

  it.each(cases)('that leaves it $where and is $than: $who', async ({ number, looks, restarts, knows, cut, by }) => {
    const whole = await makeTrail();
    if (looks) await ask(second);
    const end = Math.max(cut, trueEnd + by);
    await trail.branch(cut, end);
    if (restarts) await restart(number);
    if (cut < anchoredAt || knows) {
      await expectRefused(number);
      const found = await app(number).get(VerifyTrail).verify(contextOf(tenantId), {});
      expect(found).toMatchObject({ valid: false, reason: 'anchor-mismatch', anchor: { standing: 'differs' } });
    } else {
      // It is another end of the last minute: no anchor holds the events that it leaves out.
      await ask(number);
      expect(await seal(number)).toEqual({ sealed: 1 });
    }
    await trail.show(whole);
    for (const one of [first, second]) {
      await restart(one);
      expect(guard(one).fault).toBeNull();
    }
    expect(await seal(first)).toEqual({ sealed: 1 });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: trueEnd + 1 });
  });

  it('is refused also in a part of it that begins behind the anchored event', async () => {
    const whole = await makeTrail();
    await trail.branch(2, 12);
    for (const fromSeq of [1, 2, 4, 5, 6, 9, 12])
      expect(await audit.verify(tenantId, { fromSeq })).toMatchObject({
        valid: false,
        firstBadSeq: anchoredAt,
        reason: 'anchor-mismatch',
      });
    await trail.show(whole);
    for (const fromSeq of [1, 4, 5, 6])
      expect(await audit.verify(tenantId, { fromSeq })).toMatchObject({
        valid: true,
        anchor: { standing: 'matches', seq: anchoredAt },
      });
  });

  it.each([
    ['shorter than its own', 8, 12],
    ['as long as its own', 8, 9],
    ['longer than its own', 12, 8],
  ])(
    'is refused by the process that has sealed the trail, once another has anchored a branch that is %s',
    async (_, end, own) => {
      await makeTrail();
      for (let seq = trueEnd + 1; seq <= own; seq++) await seal(first);
      const whole = await trail.keep();
      await trail.branch(anchoredAt, end);
      expect(await seal(second)).toEqual({ sealed: 1 });
      await guard(second).advance();
      await trail.show(whole);
      await guard(first).compare();
      expect(guard(first).fault).toContain(tenantId);
      await expect(seal(first)).rejects.toMatchObject(refused);
      await expect(ask(first)).rejects.toMatchObject(refused);
      // The later tests begin with a sound anchor.
      app(first).get(KnownPlaces).forget();
      audit.macs.anchor = null;
      await audit.tamper('DELETE FROM trail_anchor');
      for (const number of [first, second]) await restart(number);
    },
  );

  /** The rows that processes have walked along. */
  const walkedBy = async (work: () => Promise<unknown>): Promise<number> => {
    const fed = vi.spyOn(ChainVerification.prototype, 'feed');
    try {
      await work();
      return fed.mock.calls.length;
    } finally {
      fed.mockRestore();
    }
  };

  it('is not what two honest processes make: each reads what the other has sealed, once, and nothing of its own', async () => {
    expect(await walkedBy(() => seal(first, eventsOf(tenantId, 5)))).toBe(0);
    for (let batch = 0; batch < 3; batch++) expect(await walkedBy(() => seal(first, eventsOf(tenantId, 5)))).toBe(0);
    expect(await walkedBy(() => ask(first))).toBe(0);
    await guard(first).advance();
    await guard(second).compare();
    expect(await walkedBy(() => seal(first, eventsOf(tenantId, 7)))).toBe(0);
    expect(await walkedBy(() => seal(second))).toBe(7);
    expect(await walkedBy(() => seal(second))).toBe(0);
    expect(await walkedBy(() => seal(first))).toBe(2);
    expect(await walkedBy(() => ask(second))).toBe(1);
    expect(await walkedBy(() => ask(second))).toBe(0);
    expect(await walkedBy(() => guard(first).advance())).toBe(0);
    expect(await walkedBy(() => guard(second).advance())).toBe(0);
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 30 });
  });

  it.each([
    ['seal', seal],
    ['answer', ask],
  ])(
    'is not what grows by more than a slice: a second process walks along it in several, and goes on to %s',
    async (_, go) => {
      await seal(first);
      await guard(first).advance();
      await guard(second).compare();
      for (let batch = 0; batch < 3; batch++) await seal(first, eventsOf(tenantId, 900));
      expect(await walkedBy(() => go(second))).toBe(2_700);
      expect(await walkedBy(() => go(second))).toBe(0);
    },
  );

  it('is not a trail whose old months are gone', async () => {
    await makeTrail();
    await audit.postgres.query(
      database,
      `SET session_replication_role = replica; DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq <= ${anchoredAt}`,
    );
    for (const number of [first, second]) {
      await restart(number);
      expect(guard(number).fault).toBeNull();
      await ask(number);
      expect(await seal(number)).toEqual({ sealed: 1 });
    }
  });
});
