import { randomUUID } from 'node:crypto';
import {
  type AnkaError,
  finalStates,
  isFinal,
  type KeyState,
  keyStates,
  listRecordPositions,
  mayFollow,
  monotonicNow,
  mostRevisionAheadMs,
  mostRevisionStep,
  type RecordChange,
  type RecordHead,
  readRecordHeads,
  recordDetails,
  recordOwners,
} from '@ankasecure/contracts';
import { Clock, clockOf, isCurrent } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contextOf, eventOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { HeadVerification } from '../verification/head-verification.js';
import { KnownHeads, sumOf } from './known-heads.js';
import type { SealedChange } from './record-head.sql.js';
import { assertMayFollow, LastChanges, mayBecome } from './sealed-change.js';

const kind = 'key_version';
const finals = Object.keys(finalStates[kind] ?? {});
const states = [...keyStates, null];

const changeOf = (id: string, revision: number, state: string | null): RecordChange => ({
  kind,
  id,
  revision,
  digest: state === null ? null : Buffer.alloc(32, revision).toString('base64url'),
  state: state ?? undefined,
});

/** Every order of some items. */
const ordersOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));

describe('the last change of a record', () => {
  it.each(states.flatMap((one) => states.map((other) => [one, other] as const)))(
    'never loses a final state for one of %s and %s, in whatever order they are sealed',
    (one, other) => {
      for (const final of finals)
        for (const order of ordersOf([changeOf('k/1', 1, one), changeOf('k/1', 2, final), changeOf('k/1', 3, other)])) {
          const last = new LastChanges();
          const sealed: RecordChange[] = [];
          for (const change of order) {
            try {
              assertMayFollow(last.get(change), change);
            } catch (error) {
              expect(error).toMatchObject({ code: 'request-invalid' } satisfies Partial<AnkaError>);
              continue;
            }
            last.add(sealed.push(change), [change]);
          }
          const head = last.get({ kind, id: 'k/1' });
          expect(head, JSON.stringify(order)).toBeDefined();
          for (const { state, digest } of sealed)
            if (digest !== null && isFinal(kind, state) && head?.digest !== null)
              expect(mayFollow(kind, state, head?.state), JSON.stringify(order)).toBe(true);
        }
    },
  );
});

/** Each final state, a state that may follow it and is not final, and the states that may not follow it. */
const scheduled = finals.flatMap((final) =>
  keyStates
    .filter((state) => mayFollow(kind, final, state) && !isFinal(kind, state))
    .map((state) => [final, state, keyStates.filter((other) => !mayFollow(kind, final, other))] as const),
);

describe('a state that follows a final one', () => {
  /** All heads that a record has had, after each of the changes that are sealed. */
  const headsOf = (changes: readonly RecordChange[]): readonly RecordHead[] => {
    const last = new LastChanges();
    return changes.flatMap((change, index) => {
      try {
        assertMayFollow(last.get(change), change);
      } catch (error) {
        expect(error).toMatchObject({ code: 'request-invalid' } satisfies Partial<AnkaError>);
        return [];
      }
      last.add(index + 1, [change]);
      return last.get(change) ?? expect.unreachable();
    });
  };

  it.each(scheduled)('does not free a record of %s: %s', (final, next, forbidden) => {
    for (const before of [...forbidden, next])
      for (const order of ordersOf([changeOf('k/1', 5, before), changeOf('k/1', 3, final), changeOf('k/1', 4, next)])) {
        const heads = headsOf(order);
        for (const state of forbidden) {
          expect(mayFollow(kind, heads.at(-1)?.state, state), JSON.stringify(order)).toBe(false);
          expect(isCurrent({ kind, revision: 9, digest: 'kept', state }, heads.at(-1))).toBe(false);
        }
        for (const [index, known] of heads.entries())
          for (const head of heads.slice(index + 1))
            expect([mayBecome(known, head), JSON.stringify(order)]).toEqual([true, JSON.stringify(order)]);
      }
  });

  it.each(scheduled)('is followed by the deletion of a record that was %s, and %s', (final, next, forbidden) => {
    for (const some of [[final], [final, next]]) {
      const changes = some.map((state, index) => changeOf('k/1', 3 + index, state));
      const [head] = headsOf([...changes, changeOf('k/1', 6, null)]).slice(-1);
      for (const state of forbidden) {
        expect(isCurrent({ kind, revision: 9, digest: 'kept', state }, head)).toBe(false);
        const [again] = headsOf([...changes, changeOf('k/1', 6, null), changeOf('k/1', 8, state)]).slice(-1);
        expect(again).toMatchObject({ revision: 8, state });
      }
    }
  });
});

it.each(scheduled)(
  'the heads of the release before are as the trail names them, with the state of the last change: %s, %s',
  async (final, next, forbidden) => {
    const verification = new HeadVerification();
    for (const [index, state] of [final, next].entries())
      verification.feed(index + 1, [changeOf('k/1', index + 3, state)]);
    const [named] = verification.changes;
    const faultOf = async (state: string): Promise<number | undefined> => {
      const known = new KnownHeads();
      const heads = [{ ...(named ?? expect.unreachable()), state }];
      known.advance({ seq: 2, sum: await sumOf(heads), mac: Buffer.alloc(32) }, heads);
      const manager = { query: async () => heads } as unknown as EntityManager;
      expect(await verification.changesAsKept(manager, randomUUID())).toEqual([
        { ...named, state: forbidden.includes(state as KeyState) ? final : state },
      ]);
      return verification.firstKnownFault(known, { fromSeq: 1, untilSeq: 2, end: 2 });
    };
    expect(named?.state).toBe(final);
    for (const state of [final, next]) expect(await faultOf(state)).toBeUndefined();
    for (const state of forbidden) expect(await faultOf(state)).toBe(2);
  },
);

describe('known heads', () => {
  const headOf = (seq: number, revision: number, state: string): SealedChange => {
    const { digest } = changeOf('k/1', revision, state);
    return { owner: recordOwners[kind], kind, id: 'k/1', seq, revision, digest, state };
  };
  const precedes = async (known: SealedChange, next: SealedChange): Promise<boolean> => {
    const heads = new KnownHeads();
    heads.advance({ seq: known.seq, sum: await sumOf([known]), mac: Buffer.alloc(32) }, [known]);
    return heads.precede([next], next.seq, true);
  };

  it.each(keyStates.flatMap((from) => keyStates.map((to) => [from, to] as const)))(
    'go from %s back to %s only if it is final',
    async (from, to) => {
      const expected = isFinal(kind, to) && !(isFinal(kind, from) && mayFollow(kind, to, from));
      expect(await precedes(headOf(1, 100, from), headOf(2, 90, to))).toBe(expected);
    },
  );
});

describe('the heads of an audit service', () => {
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());

  const eventWith = (tenantId: string, change: RecordChange) =>
    eventOf(tenantId, { details: { custody: 'token', ...recordDetails([change]) } });
  const headOf = async (tenantId: string, id: string) => {
    const request = { records: [{ kind, id } as const], newest: [] };
    return (await audit.gateway.request(readRecordHeads, '', contextOf(tenantId), request)).heads[0];
  };

  it.each(
    finals.flatMap((final) =>
      keyStates.flatMap((other) => [true, false].map((together) => [final, other, together] as const)),
    ),
  )(
    'end with %s although %s has a higher revision and was sealed before, in one batch: %s',
    async (final, other, together) => {
      const [tenantId, id] = [randomUUID(), `${randomUUID()}/1`];
      const changes = [changeOf(id, 100, other), changeOf(id, 90, final)];
      const events = changes.map((change) => eventWith(tenantId, change));
      if (together) await audit.append(events);
      else for (const event of events) await audit.append([event]);
      const isLater = isFinal(kind, other) && mayFollow(kind, final, other);
      const [expected, seq] = isLater ? [changes[0], 1] : [changes[1], 2];
      for (let instance = 0; instance < 2; instance++) expect(await headOf(tenantId, id)).toEqual({ ...expected, seq });
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
      const destroyed = changeOf(id, 101, 'DESTROYED');
      await audit.append([eventWith(tenantId, destroyed)]);
      expect(await headOf(tenantId, id)).toEqual({ ...destroyed, seq: 3 });
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
    },
  );

  it.each(
    scheduled.flatMap(([final, next, forbidden]) =>
      forbidden.flatMap((before) => [true, false].map((together) => [before, final, next, together] as const)),
    ),
  )(
    'stay those of %s records that are %s and then %s, in whatever order they are sealed, in one batch: %s',
    async (before, final, next, together) => {
      for (const order of [
        [changeOf('k/1', 5, before), changeOf('k/1', 3, final), changeOf('k/1', 4, next)],
        [changeOf('k/1', 2, before), changeOf('k/1', 4, next), changeOf('k/1', 3, final)],
      ]) {
        const tenantId = randomUUID();
        const events = order.map((change) => eventWith(tenantId, change));
        if (together) await audit.append(events);
        else
          for (const event of events) {
            await audit.append([event]);
            await headOf(tenantId, 'k/1');
          }
        for (let instance = 0; instance < 2; instance++)
          expect(await headOf(tenantId, 'k/1')).toMatchObject({ seq: 3, state: final, digest: order[2]?.digest });
        for (const fromSeq of [1, 2, 3])
          for (const untilSeq of [undefined, fromSeq, 3])
            expect(await audit.verify(tenantId, { fromSeq, untilSeq })).toMatchObject({ valid: true });
      }
    },
  );

  const nowUs = () => Date.now() * 1000;
  const dayUs = mostRevisionAheadMs * 1000;

  it.each([
    ['an hour', 3_600_000_000, true],
    ['a day less a minute', dayUs - 60_000_000, true],
    ['a day and a minute', dayUs + 60_000_000, false],
    ['a year', 365 * dayUs, false],
  ])('take no revision that is more than a day ahead of the clock: %s', async (_, aheadUs, isTaken) => {
    const tenantId = randomUUID();
    const append = () => audit.append([eventWith(tenantId, changeOf('k/1', nowUs() + aheadUs, 'ACTIVE'))]);
    if (isTaken) expect(await append()).toEqual({ sealed: 1 });
    else await expect(append()).rejects.toMatchObject({ code: 'request-invalid' });
  });

  const final = finals[0] ?? expect.unreachable();
  const appendTogether = (tenantId: string, ...changes: readonly RecordChange[]) =>
    audit.append(changes.map((change) => eventWith(tenantId, change)));

  it('take no revision a day ahead that a final change of the same batch replaces', async () => {
    const tenantId = randomUUID();
    const ahead = changeOf('k/1', nowUs() + 2 * dayUs, 'ACTIVE');
    await expect(appendTogether(tenantId, ahead, changeOf('k/1', nowUs(), final))).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it('hide no revision from the positions that a final change of the same batch replaces', async () => {
    const tenantId = randomUUID();
    await appendTogether(
      tenantId,
      changeOf('k/1', 100, 'ACTIVE'),
      changeOf('k/1', 90, final),
      changeOf('k/2', 95, final),
    );
    const request = { owner: recordOwners[kind], partition: null, after: null };
    const { items } = await audit.gateway.request(listRecordPositions, '', contextOf(tenantId), request);
    expect(items).toContainEqual({ tenantId, revision: 100 });
    expect(await headOf(tenantId, 'k/1')).toMatchObject({ revision: 90 });
  });

  it('go on by numbers after a trail that is ahead of a clock which was put back', async () => {
    const tenantId = randomUUID();
    const append = (revision: number) => audit.append([eventWith(tenantId, changeOf('k/1', revision, 'ACTIVE'))]);
    const [now, aheadMs] = [Date.now, 3_600_000];
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs);
    // The database's clock is ahead too.
    const databases = vi.spyOn(Clock.prototype, 'assertTransaction').mockImplementation(() => undefined);
    const first = nowUs() + dayUs - 1_000_000;
    try {
      await append(first);
    } finally {
      databases.mockRestore();
      clock.mockRestore();
    }
    const next = first + mostRevisionStep;
    await expect(append(next + 1)).rejects.toMatchObject({ code: 'request-invalid' });
    expect(await append(next)).toEqual({ sealed: 1 });
    expect(await append(next + mostRevisionStep)).toEqual({ sealed: 1 });
  });

  it('refuse no change for good while the clock is days behind that of the database, by which events are sealed', async () => {
    const tenantId = randomUUID();
    const append = (revision: number) => audit.append([eventWith(tenantId, changeOf('k/1', revision, 'ACTIVE'))]);
    const honest = nowUs();
    for (const { dataSource } of audit.instances) await clockOf(dataSource).read(dataSource.manager);
    const { now } = Date;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 2 * mostRevisionAheadMs);
    try {
      for (const revision of [honest, honest + 4 * dayUs])
        await expect(append(revision)).rejects.toMatchObject({ code: 'clock-skew', retryable: true });
    } finally {
      clock.mockRestore();
    }
    expect(await append(honest)).toEqual({ sealed: 1 });
    expect(await append(honest + 1)).toEqual({ sealed: 1 });
  });

  it('refuse no change for good while the clock and the database are days behind the workers', async () => {
    const tenantId = randomUUID();
    const honest = nowUs() + 2 * dayUs;
    const append = () => audit.append([eventWith(tenantId, changeOf('k/1', honest, 'ACTIVE'))]);
    const workersTell = (aheadMs: number) => {
      for (const { dataSource } of audit.instances)
        for (const instance of ['one', 'other', 'third']) {
          const reading = { service: 'crypto-worker', instance, at: Date.now() + aheadMs, sound: true } as const;
          clockOf(dataSource).peers.learn(reading, monotonicNow(), monotonicNow());
        }
    };
    try {
      workersTell(2 * mostRevisionAheadMs);
      await expect(append()).rejects.toMatchObject({ code: 'clock-skew', retryable: true });
    } finally {
      workersTell(0);
    }
    await expect(append()).rejects.toMatchObject({ code: 'request-invalid' });
  });
});
