import { ChainVerification } from '@ankasecure/audit-event';
import { describe, expect, it, vi } from 'vitest';
import { HeldAnchors } from '../anchor/held-anchor.js';
import { ToldTrails } from '../anchor/told-trails.js';
import { anchoredPlaceOf, headsIn } from '../anchor/trail-place.js';
import { BranchedTrail } from '../testing/branched-trail.js';
import { contextOf, eventsOf } from '../testing/running-audit.js';
import { twoProcesses } from '../testing/two-processes.js';
import { VerifyTrail } from '../verification/verify-trail.js';
import { KnownPlaces } from './known-places.js';
import { noIndex, SealedEnds } from './sealed-ends.js';
import { type Descent, TrailDescent } from './trail-descent.js';

const [first, second] = [0, 1];
const anchoredAt = 5;

describe('what a process knows of the end of a trail', () => {
  const pair = twoProcesses();
  const { app, guard, instance, seal: sealAll } = pair;
  const seal = (number: number, events = eventsOf(pair.tenantId, 1)) => sealAll(number, events);
  const refused = { code: 'service-unavailable', retryable: true };

  it.each([undefined, { seq: 1, hash: Buffer.alloc(32, 1) }, { seq: 2, hash: Buffer.alloc(32, 2) }])(
    'stays when the end is told again, on top of %j, with another time',
    (from) => {
      const ends = new SealedEnds();
      ends.keep(true);
      const end = { seq: 2, hash: Buffer.alloc(32, 2), sealedAt: new Date(1_000) };
      ends.learn(pair.tenantId, end, undefined);
      ends.learn(pair.tenantId, { ...end, sealedAt: new Date(9_000) }, from);
      expect(ends.of(pair.tenantId)).toEqual(end);
    },
  );

  it.each([1, 2, 5])('is not learned from a batch of %i events that others have sealed', async (count) => {
    const events = eventsOf(pair.tenantId, count);
    await seal(first, events);
    // The process knows the seal that it has made, and has forgotten the end.
    app(first).get(KnownPlaces).forget();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await seal(first, events)).toEqual({ sealed: count });
    expect(await seal(first, [...events, ...eventsOf(pair.tenantId, 1)])).toEqual({ sealed: count + 1 });
    expect(await seal(first)).toEqual({ sealed: 1 });
    expect(await pair.audit.verify(pair.tenantId)).toMatchObject({ valid: true, checked: count + 2 });
  });

  const pairs = [1, 2, 3, 4].flatMap((known) =>
    [1, 2, 3, 4].filter((told) => told >= known).map((told) => ({ known, told })),
  );

  it.each(pairs)(
    `is not enough to seal on event $told, on top of the known event $known, if event ${anchoredAt} is anchored`,
    async ({ known, told }) => {
      const trail = new BranchedTrail(pair.audit, pair.tenantId);
      for (let seq = 1; seq <= known; seq++) await seal(seq === known ? second : first);
      for (let seq = known + 1; seq <= anchoredAt; seq++) await seal(first);
      await guard(first).advance();
      const whole = await trail.keep();
      await trail.branch(told, told);
      const held = await app(second).get(HeldAnchors).read();
      app(second).get(KnownPlaces).keepAnchored(headsIn(held).map(anchoredPlaceOf));
      await expect(seal(second)).rejects.toMatchObject(refused);
      await trail.show(whole);
      for (const number of [first, second]) await guard(number).compare();
      expect(await seal(second)).toEqual({ sealed: 1 });
    },
  );

  it.each([1, 3])(
    'is sealed on without a walk while a round compares it with an anchor of another process, %i batches long',
    async (count) => {
      await seal(second);
      await guard(second).advance();
      for (let batch = 0; batch < count; batch++) await seal(second);
      await guard(first).compare();
      await seal(first);
      await guard(first).advance();
      await seal(second);
      // The other's anchor binds an end that this process has not seen as one.
      const told = app(second).get(ToldTrails);
      const read = told.read.bind(told);
      const fed = vi.spyOn(ChainVerification.prototype, 'feed');
      const places = app(second).get(KnownPlaces);
      const forgotten = vi.spyOn(places.ends, 'has').mockReturnValue(false);
      let during = 0;
      vi.spyOn(told, 'read').mockImplementationOnce(async () => {
        expect(places.isJoined(pair.tenantId)).toBe(false);
        const before = fed.mock.calls.length;
        expect(await seal(second)).toEqual({ sealed: 1 });
        during = fed.mock.calls.length - before;
        expect(places.joinedEnd(pair.tenantId)).toEqual({});
        return read();
      });
      await guard(second).compare();
      expect([during, places.isJoined(pair.tenantId)]).toEqual([0, true]);
      forgotten.mockRestore();
      vi.restoreAllMocks();
      expect(await seal(second)).toEqual({ sealed: 1 });
    },
  );

  it('must continue the anchored place again once a comparison has ended, whatever came of it', async () => {
    const trail = new BranchedTrail(pair.audit, pair.tenantId);
    for (let batch = 0; batch < 2; batch++) await seal(second);
    await guard(second).advance();
    await guard(first).compare();
    await seal(second);
    const whole = await trail.keep();
    await trail.branch(2, 3);
    app(first).get(KnownPlaces).ends.forget();
    await seal(first);
    await guard(first).advance();
    await trail.show(whole);
    await seal(second);
    await seal(second);
    const { dataSource: _, app: own } = instance(second);
    vi.spyOn(own.get(ToldTrails), 'read').mockRejectedValueOnce(new Error('no answer'));
    await expect(guard(second).compare()).rejects.toThrow('no answer');
    expect(own.get(KnownPlaces).maySealOn(pair.tenantId)).toBe(false);
    await expect(seal(second)).rejects.toMatchObject(refused);
    await guard(second).compare();
    expect(guard(second).fault).toContain(pair.tenantId);
  });

  it.each([1, 2, 3])('is joined to an anchored place that is the same end, event %i', (seq) => {
    const places = new KnownPlaces(new SealedEnds());
    places.ends.keep(true);
    const place = { tenantId: pair.tenantId, seq, hash: Buffer.alloc(32, seq), index: noIndex };
    places.ends.learn(pair.tenantId, { ...place, sealedAt: new Date(1_000) }, undefined);
    vi.spyOn(places.ends, 'has').mockReturnValue(false);
    places.keepAnchored([place]);
    expect([places.isJoined(pair.tenantId), places.joinedEnd(pair.tenantId).end?.seq]).toEqual([true, seq]);
    places.keepAnchored([{ ...place, hash: Buffer.alloc(32, 9) }]);
    expect([places.isJoined(pair.tenantId), places.joinedEnd(pair.tenantId)]).toEqual([false, {}]);
  });

  const descents: readonly (readonly [Descent, object])[] = [
    ['proven', { valid: true }],
    ['broken', { valid: false, reason: 'anchor-mismatch' }],
  ];

  it.each(descents)('is compared with a trail by its verification: %s', async (descent, found) => {
    await seal(first);
    vi.spyOn(app(first).get(TrailDescent), 'of').mockResolvedValueOnce(descent);
    expect(await app(first).get(VerifyTrail).verify(contextOf(pair.tenantId), {})).toMatchObject(found);
    vi.restoreAllMocks();
  });

  it('lets no verification say that a trail is valid whose proof did not end', async () => {
    await seal(first);
    vi.spyOn(app(first).get(TrailDescent), 'of').mockResolvedValueOnce('pending');
    await expect(app(first).get(VerifyTrail).verify(contextOf(pair.tenantId), {})).rejects.toMatchObject({
      code: 'deadline-exceeded',
      retryable: true,
    });
    vi.restoreAllMocks();
  });
});
