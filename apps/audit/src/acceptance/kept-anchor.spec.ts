import { randomUUID } from 'node:crypto';
import { type AuditEvent, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeldAnchors } from '../anchor/held-anchor.js';
import { trailsOfAnchor } from '../anchor/trail-anchor.sql.js';
import { KnownPlaces } from '../end/known-places.js';
import { acceptAsTold } from '../testing/accept-as-told.js';
import { BranchedTrail } from '../testing/branched-trail.js';
import { contextOf, eventsOf, type RunningAudit } from '../testing/running-audit.js';
import { processesOf, startWithoutRounds } from '../testing/two-processes.js';
import { ProveTrails } from '../verification/prove-trails.js';
import { AcceptTrails } from './accept-trails.js';

const [first, second] = [0, 1];
/** The anchor that the accepting process knows, and the later one that another process has made. */
const [knownAt, anchoredAt] = [2, 5];

describe('an acceptance of one trail, and the anchor of the others', () => {
  let audit: RunningAudit;
  let refused: string;
  let tenantId: string;
  let trail: BranchedTrail;
  let ofRefused: BranchedTrail;
  let wholeRefused: string;
  let oldRefused: string;
  beforeAll(async () => {
    audit = await startWithoutRounds();
  });
  afterAll(() => audit.stop());

  const { instance, app, guard, seal: sealAll } = processesOf(() => audit);
  const accept = () => app(second).get(AcceptTrails).accept(contextOf(platformTenantId));
  const seal = (...events: readonly AuditEvent[]) => sealAll(first, events);
  const anchored = async (of: string) => {
    const trails = await trailsOfAnchor(instance(first).dataSource, audit.macs.anchor?.number ?? 0);
    return trails?.heads.find((head) => head.tenantId === of);
  };
  const repeat = { code: 'service-unavailable', retryable: true };

  /** One trail is refused, and another has grown since the anchor that the accepting process knows. */
  beforeEach(async () => {
    for (const number of [first, second]) app(number).get(KnownPlaces).forget();
    await acceptAsTold(instance(first));
    for (const number of [first, second]) await guard(number).compare();
    [refused, tenantId] = [randomUUID(), randomUUID()];
    trail = new BranchedTrail(audit, tenantId);
    for (let seq = 1; seq <= knownAt; seq++) await seal(...eventsOf(tenantId, 1), ...eventsOf(refused, 1));
    await guard(first).advance();
    ofRefused = new BranchedTrail(audit, refused);
    wholeRefused = await ofRefused.keep();
    oldRefused = await ofRefused.branch(1, 1);
    for (const number of [first, second]) await guard(number).compare();
    expect(await guard(second).refused()).toEqual([refused]);
    for (let seq = knownAt + 1; seq <= anchoredAt; seq++) await seal(...eventsOf(tenantId, 1));
  });

  const branches = [
    { cut: knownAt, end: anchoredAt - 1, than: 'shorter' },
    { cut: knownAt, end: anchoredAt, than: 'as long' },
    { cut: knownAt, end: anchoredAt + 2, than: 'longer' },
    { cut: anchoredAt - 1, end: anchoredAt + 4, than: 'much longer' },
  ] as const;

  it.each(branches)(
    'keeps their places while the database tells a branch that leaves one after event $cut and is $than',
    async ({ cut, end }) => {
      const whole = await trail.keep();
      await guard(first).advance();
      const place = await anchored(tenantId);
      expect(place?.seq).toBe(anchoredAt);
      await trail.branch(cut, end);
      const seen = await app(second).get(HeldAnchors).read();
      await expect(guard(second).accept(new Map([[refused, undefined]]), seen)).rejects.toMatchObject(repeat);
      expect(await anchored(tenantId)).toEqual(place);
      await trail.show(whole);
      for (const number of [first, second]) {
        await guard(number).compare();
        expect(await guard(number).refused()).toEqual([refused]);
      }
    },
  );

  it('keeps their places while the database hides the anchor from its last step', async () => {
    const anchors = app(second).get(HeldAnchors);
    const { anchor } = audit.macs;
    const prove = app(second).get(ProveTrails);
    const honest = prove.prove.bind(prove);
    vi.spyOn(prove, 'prove').mockImplementation(async (...asked) => {
      const proved = await honest(...asked);
      const fault = 'a lie';
      vi.spyOn(anchors, 'read').mockResolvedValue({ standing: 'differs', anchor: anchor ?? null, fault });
      return proved;
    });
    await expect(accept()).rejects.toMatchObject(repeat);
    expect(audit.macs.anchor).toEqual(anchor);
    expect(app(second).get(KnownPlaces).anchoredAt(tenantId)?.seq).toBe(knownAt);
    vi.restoreAllMocks();
  });

  it('is known on while the database hides the anchor, and the acceptance fails', async () => {
    const fault = 'a lie';
    const hidden = { standing: 'differs', anchor: audit.macs.anchor ?? null, fault } as const;
    vi.spyOn(app(second).get(HeldAnchors), 'read').mockResolvedValue(hidden);
    await guard(second).compare();
    await expect(guard(second).accept(new Map([[refused, undefined]]), hidden)).rejects.toMatchObject(repeat);
    expect(app(second).get(KnownPlaces).anchoredAt(tenantId)?.seq).toBe(knownAt);
    vi.restoreAllMocks();
  });

  it('lowers no place of the refused trail that has moved since, and is repeated', async () => {
    const prove = app(second).get(ProveTrails);
    const honest = prove.prove.bind(prove);
    vi.spyOn(prove, 'prove').mockImplementationOnce(async (...asked) => {
      const proved = await honest(...asked);
      await ofRefused.show(wholeRefused);
      await guard(first).compare();
      await seal(...eventsOf(refused, 1));
      await guard(first).advance();
      await ofRefused.show(oldRefused);
      return proved;
    });
    await expect(accept()).rejects.toMatchObject(repeat);
    expect((await anchored(refused))?.seq).toBe(knownAt + 1);
    // It is refused by another place now, and that is what the operator accepts.
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
  });
});
