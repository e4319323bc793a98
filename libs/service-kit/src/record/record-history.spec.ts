import { AnkaError, mostRevisionStep, type RecordHead } from '@ankasecure/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BusClient } from '../nats/client.js';
import type { Missing } from './claim-questions.js';
import { RecordOwner } from './record-authority.js';
import { type LoadedRecord, numberedId, type OwnedName } from './record-claim.js';
import { RecordHistory } from './record-history.js';
import { RecordAhead } from './record-standing.js';

const tenantId = '00000000-0000-7000-8000-000000000001';
const digest = (letter: string): string => letter.repeat(43);
const loaded = (revision: number, letter = 'A', id = 'k'): LoadedRecord => ({
  tenantId,
  kind: 'key',
  id,
  revision,
  digest: digest(letter),
});
const head = (revision: number, letter: string | null = 'A', id = 'k'): RecordHead => ({
  kind: 'key',
  id,
  seq: 1,
  revision,
  digest: letter === null ? null : digest(letter),
  state: null,
});

const historyWith = (bus: object): RecordHistory =>
  new RecordHistory(new RecordOwner('crypto-worker'), bus as BusClient);

interface Asked {
  readonly records: readonly { readonly id: string }[];
  readonly newest: readonly { readonly of: string | null }[];
}

/** The head of the highest number that was not deleted; none if there is no such record. */
const newestOf = (heads: readonly RecordHead[], of: string | null): readonly RecordHead[] =>
  heads
    .filter(({ id, digest: held }) => held !== null && numberedId(id).of === of)
    .toSorted((a, b) => numberedId(b.id).number - numberedId(a.id).number)
    .slice(0, 1);

/** An audit service with these heads; undefined: it does not answer. */
const auditWith = (initial: readonly RecordHead[] | undefined) => {
  const audit = {
    heads: initial,
    requests: 0,
    request: async (_: unknown, __: string, ___: unknown, { records, newest }: Asked) => {
      audit.requests++;
      if (audit.heads === undefined) throw new AnkaError('service-unavailable');
      const named = audit.heads.filter(({ id }) => records.some((record) => record.id === id));
      return { heads: [...named, ...newest.flatMap(({ of }) => newestOf(audit.heads ?? [], of))] };
    },
  };
  return { audit, history: historyWith(audit) };
};

const sameAgain = (record: LoadedRecord) => async () => record;

describe('the history of records', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'hrtime'] }));
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['unknown to the trail', loaded(3), [], true],
    ['newer than the trail', loaded(4), [head(3, 'B')], true],
    ['equal to the trail', loaded(3), [head(3)], true],
    ['older than the trail', loaded(2), [head(3)], false],
    ['different at the same revision', loaded(3, 'B'), [head(3)], false],
    ['deleted later', loaded(2), [head(3, null)], false],
    ['deleted at the same revision', loaded(3), [head(3, null)], false],
    ['made again after its deletion', loaded(4), [head(3, null)], true],
  ])('takes a record that is %s as it should', async (_, record, heads, current) => {
    const { history } = auditWith(heads);
    expect(await history.check(record, sameAgain(record))).toBe(current);
  });

  it('reads a record again that has changed between its loading and the question', async () => {
    const { history } = auditWith([head(4, 'B')]);
    expect(await history.check(loaded(3), sameAgain(loaded(4, 'B')))).toBe(true);
    expect(await history.check(loaded(3), async () => null)).toBe(false);
  });

  it('asks once about all records of a turn, and not again within a minute', async () => {
    const { history, audit } = auditWith([]);
    const records = Array.from({ length: 30 }, (_, index) => loaded(1, 'A', `k${index}`));
    await Promise.all(records.map(async (record) => history.check(record, sameAgain(record))));
    expect(audit.requests).toBe(1);
    expect(records.map((record) => history.check(record, sameAgain(record)))).toEqual(records.map(() => undefined));
    vi.advanceTimersByTime(61_000);
    await Promise.all(records.map(async (record) => history.check(record, sameAgain(record))));
    expect(audit.requests).toBe(2);
  });

  it('knows a record from another of the same name with other content', async () => {
    const { history } = auditWith([head(3)]);
    expect(await history.check(loaded(3), sameAgain(loaded(3)))).toBe(true);
    expect(await history.check(loaded(2, 'B'), sameAgain(loaded(2, 'B')))).toBe(false);
  });

  describe('while the audit service does not answer', () => {
    it('takes a record that it has compared before, unless it has become older', async () => {
      const { history, audit } = auditWith([head(3)]);
      await history.check(loaded(3), sameAgain(loaded(3)));
      audit.heads = undefined;
      vi.advanceTimersByTime(3_600_000);
      expect(await history.check(loaded(3), sameAgain(loaded(3)))).toBe(true);
      expect(await history.check(loaded(4, 'B'), sameAgain(loaded(4, 'B')))).toBe(true);
      expect(await history.check(loaded(2), sameAgain(loaded(2)))).toBe(false);
      expect(await history.check(loaded(3, 'C'), sameAgain(loaded(3, 'C')))).toBe(false);
    });

    describe('for longer than a comparison counts', () => {
      const dayMs = 86_400_000;
      const old = { code: 'audit-unavailable', detail: expect.stringContaining('not compared for longer') as string };
      const checked = async (history: RecordHistory): Promise<boolean> =>
        (await history.check(loaded(3), sameAgain(loaded(3)))) ?? true;

      it.each([
        ['compared', async (history: RecordHistory) => void (await history.check(loaded(3), sameAgain(loaded(3))))],
        ['written', async (history: RecordHistory) => history.wrote(loaded(3))],
        ['committed', async (history: RecordHistory) => history.committed([{ tenantId, change: head(3) }] as never)],
      ])('takes nothing any more that it has %s', async (_, learn) => {
        const { history, audit } = auditWith([head(3)]);
        await learn(history);
        audit.heads = undefined;
        vi.advanceTimersByTime(dayMs - 60_000);
        expect(await checked(history)).toBe(true);
        vi.advanceTimersByTime(120_000);
        await expect(checked(history)).rejects.toMatchObject(old);
        audit.heads = [head(3)];
        vi.advanceTimersByTime(60_000);
        expect(await checked(history)).toBe(true);
      });

      it('counts from the last comparison of what it remembers', async () => {
        const { history, audit } = auditWith([head(3)]);
        await checked(history);
        vi.advanceTimersByTime(dayMs / 2);
        await history.compareAgain();
        audit.heads = undefined;
        vi.advanceTimersByTime(dayMs / 2 + 60_000);
        expect(await checked(history)).toBe(true);
        vi.advanceTimersByTime(dayMs / 2);
        await expect(checked(history)).rejects.toMatchObject(old);
      });

      it('counts no answer about other records, and no change that failed to be compared', async () => {
        const { history, audit } = auditWith([head(3)]);
        await checked(history);
        vi.advanceTimersByTime(dayMs - 60_000);
        await history.check(loaded(1, 'A', 'other'), sameAgain(loaded(1, 'A', 'other')));
        audit.heads = undefined;
        await expect(history.compareAgain()).rejects.toMatchObject({ retryable: true });
        vi.advanceTimersByTime(120_000);
        await expect(checked(history)).rejects.toMatchObject(old);
      });

      it('is as long as it is configured', async () => {
        const audit = { request: () => Promise.reject(new AnkaError('service-unavailable')) };
        const owner = new RecordOwner('gateway', { longestSilence: 'PT2H' });
        const history = new RecordHistory(owner, audit as unknown as BusClient);
        history.wrote(loaded(3));
        vi.advanceTimersByTime(7_100_000);
        expect(await checked(history)).toBe(true);
        vi.advanceTimersByTime(200_000);
        await expect(checked(history)).rejects.toMatchObject(old);
      });
    });

    it('reads a record again that is older than what it knows', async () => {
      const { history, audit } = auditWith([head(3, 'B')]);
      await history.check(loaded(3, 'B'), sameAgain(loaded(3, 'B')));
      audit.heads = undefined;
      vi.advanceTimersByTime(61_000);
      expect(await history.check(loaded(2), sameAgain(loaded(3, 'B')))).toBe(true);
      expect(await history.check(loaded(2), sameAgain(loaded(2)))).toBe(false);
      const gone = new AnkaError('service-unavailable');
      const unread = history.check(loaded(2), () => Promise.reject(gone));
      await expect(unread).rejects.toBe(gone);
    });

    it('takes a record that this process has written', async () => {
      const { history } = auditWith(undefined);
      history.wrote(loaded(1));
      vi.advanceTimersByTime(61_000);
      expect(await history.check(loaded(1), sameAgain(loaded(1)))).toBe(true);
    });

    it('refuses a record that it does not know, until the audit service answers', async () => {
      const { history, audit } = auditWith(undefined);
      await expect(history.check(loaded(1), sameAgain(loaded(1)))).rejects.toMatchObject({
        code: 'audit-unavailable',
        retryable: true,
        detail: expect.stringContaining('an administrator follows deploy/backup.md') as string,
      });
      audit.heads = [];
      expect(await history.check(loaded(1), sameAgain(loaded(1)))).toBe(true);
    });

    it('waits for an audit service that starts again, and for none that has been away', async () => {
      const { history, audit } = auditWith(undefined);
      const record = loaded(1);
      const check = history.check(record, sameAgain(record));
      await expect.poll(() => audit.requests).toBe(2);
      audit.heads = [];
      expect(await check).toBe(true);
      audit.heads = undefined;
      const other = loaded(1, 'A', 'other');
      await expect(history.check(other, sameAgain(other))).rejects.toMatchObject({ code: 'audit-unavailable' });
      const asked = audit.requests;
      await expect(history.check(other, sameAgain(other))).rejects.toMatchObject({ code: 'audit-unavailable' });
      expect(audit.requests).toBe(asked + 1);
    });
  });

  it('refuses a record without a place once every record has one, and lets none change before', async () => {
    const { history } = auditWith([]);
    expect(await history.check(loaded(0), sameAgain(loaded(0)))).toBe(true);
    history.requirePlaces([tenantId]);
    expect(await history.check(loaded(0, 'B'), sameAgain(loaded(0, 'B')))).toBe(true);
    expect(() => history.assertMayChange(tenantId)).toThrow(expect.objectContaining({ code: 'audit-unavailable' }));
    history.placed(tenantId);
    expect(() => history.assertMayChange(tenantId)).not.toThrow();
    expect(await history.check(loaded(0), sameAgain(loaded(0)))).toBe(false);
    expect(await history.check(loaded(1), sameAgain(loaded(1)))).toBe(true);
  });

  it('refuses a counter that does not reach what the trail held when it was read', () => {
    const { history } = auditWith([]);
    expect(history.positions.of(tenantId)).toBe(0);
    history.setBehind(new Map(), new Map([[tenantId, 7]]));
    const position = history.positions.of(tenantId);
    expect(position).toBe(7);
    history.setBehind(new Map(), new Map([[tenantId, 9]]));
    expect(() => history.assertReaches(6, position)).toThrow(expect.objectContaining({ code: 'record-outdated' }));
    history.assertReaches(7, position);
  });

  it('lets no record change before the database was compared with the trail', async () => {
    const { history } = auditWith([]);
    expect(history.positions.isCompared).toBe(false);
    const waiting = history.assertCompared();
    let isLate = false;
    vi.advanceTimersByTime(5_001);
    await expect(history.assertCompared()).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
    void waiting.then(() => (isLate = true));
    expect(isLate).toBe(false);
    const later = history.assertCompared();
    await history.without(async () => history.assertCompared());
    history.setBehind(new Map());
    expect(history.positions.isCompared).toBe(true);
    // One from the start and one from long after it, when the audit service was late.
    await Promise.all([waiting, later]);
    await history.assertCompared();
  });

  it('counts revisions from those that the trail was proved to hold', async () => {
    const { history } = auditWith([head(3), head(8, 'B', 'other')]);
    const learned = vi.spyOn(history.revisions, 'learn');
    await history.check(loaded(3), sameAgain(loaded(3)));
    expect(learned).toHaveBeenCalledWith(tenantId, [head(3)]);
  });

  describe('of a revision that the clock does not allow', () => {
    const latest = 8;
    const checkOf = async (history: RecordHistory, record = loaded(9)) =>
      history.check(record, sameAgain(record), () => latest);

    it.each([
      ['and the trail names nothing', [], 'retry'],
      ['and the trail names an earlier form', [head(8, 'B')], 'retry'],
      ['and the trail names the form', [head(9)], true],
      ['and the trail names another form', [head(9, 'B')], false],
      ['and the trail names a later form', [head(10, 'B')], false],
    ] as const)('a record is refused for a while or for good: %s', async (_, heads, expected) => {
      const checked = checkOf(auditWith(heads).history);
      if (expected === 'retry') await expect(checked).rejects.toBeInstanceOf(RecordAhead);
      else expect(await checked).toBe(expected);
      const ahead = new RecordAhead();
      expect([ahead.code, ahead.retryable]).toEqual(['audit-unavailable', true]);
    });

    it('a record is compared with the time when its answer is there, not when it was loaded', async () => {
      const { history, audit } = auditWith([head(8, 'B')]);
      let now = 8;
      const checked = history.check(
        loaded(8),
        async () => ((now = 9), loaded(9)),
        () => now,
      );
      expect(await checked).toBe(true);
      audit.heads = [];
      now = 9;
      const late = history.check(loaded(10, 'A', 'new'), sameAgain(loaded(10, 'A', 'new')), () => now);
      now = 10;
      expect(await late).toBe(true);
    });

    it.each([
      ['a number after a trail that is ahead', 21, true],
      ['as far as the trail may be ahead', 20 + mostRevisionStep, true],
      ['further', 21 + mostRevisionStep, false],
    ])('a record is no alarm while the trail is ahead of the clock: %s', async (_, revision, isNext) => {
      const { history } = auditWith([head(20, 'B', 'other')]);
      await history.check(loaded(20, 'B', 'other'), sameAgain(loaded(20, 'B', 'other')), () => latest);
      await expect(checkOf(history, loaded(revision))).rejects.toMatchObject({ isNext });
      await expect(checkOf(auditWith([]).history, loaded(revision))).rejects.toMatchObject({ isNext: false });
    });

    it.each([
      ['answers', [head(8, 'B')]],
      ['does not answer', undefined],
    ] as const)('a process reads what it has just written, while the audit service %s', async (_, heads) => {
      const { history, audit } = auditWith([]);
      history.wrote(loaded(9));
      audit.heads = heads;
      expect((await checkOf(history)) ?? true).toBe(true);
      expect(await checkOf(history, loaded(9, 'C')).catch(() => false)).toBe(false);
      audit.heads = [head(8, 'B')];
      vi.advanceTimersByTime(61_000);
      await expect(checkOf(history)).rejects.toBeInstanceOf(RecordAhead);
    });
  });

  it.each([
    ['COMPROMISED', 'ACTIVE', false],
    ['COMPROMISED', 'DESTROY_SCHEDULED', true],
    ['DESTROYED', 'COMPROMISED', false],
    ['SUSPENDED', 'ACTIVE', true],
    ['COMPROMISED', undefined, false],
  ])('lets no later revision take a version from %s to %s unless its lifecycle does', async (from, to, current) => {
    const version = { ...loaded(9), kind: 'key_version', state: to } as const;
    const { history } = auditWith([{ ...head(3, 'B'), kind: 'key_version', state: from }]);
    expect(await history.check(version, sameAgain(version))).toBe(current);
    const { history: other } = auditWith(undefined);
    other.wrote({ ...loaded(3, 'B'), kind: 'key_version', state: from });
    expect(await other.check(version, sameAgain(version))).toBe(current);
  });

  it('remembers the final state that a head keeps, whatever the form says that was loaded', async () => {
    const version = (revision: number, letter: string, state: string) =>
      ({ ...loaded(revision, letter), kind: 'key_version', state }) as const;
    const { history, audit } = auditWith([{ ...head(4, 'B'), kind: 'key_version', state: 'COMPROMISED' }]);
    const scheduled = version(4, 'B', 'DESTROY_SCHEDULED');
    expect(await history.check(scheduled, sameAgain(scheduled))).toBe(true);
    audit.heads = undefined;
    vi.advanceTimersByTime(61_000);
    for (const [state, current] of [
      ['ACTIVE', false],
      ['COMPROMISED', true],
      ['DESTROYED', true],
    ] as const) {
      const later = version(5, 'C', state);
      expect([state, await history.check(later, sameAgain(later))]).toEqual([state, current]);
    }
  });

  it('refuses every record of a tenant that the database is behind with, and tells caches', async () => {
    const { history } = auditWith([]);
    const told: string[] = [];
    history.onBehind((tenants) => told.push(...tenants));
    await history.check(loaded(1), sameAgain(loaded(1)));
    history.setBehind(new Map([[tenantId, 9]]));
    history.setBehind(new Map([[tenantId, 9]]));
    expect(told).toEqual([tenantId]);
    expect(await history.check(loaded(1), sameAgain(loaded(1)))).toBe(false);
    expect(await history.without(async () => history.check(loaded(1), sameAgain(loaded(1))))).toBeUndefined();
    history.caughtUp(tenantId);
    expect(await history.check(loaded(1), sameAgain(loaded(1)))).toBe(true);
  });

  const gone: Missing = { hasNow: async () => false, isLeaving: async () => false };
  const name = { tenantId, kind: 'key', id: 'k' } as const;

  describe('of a record that the database does not have', () => {
    it.each([
      ['unknown to the trail', [], true],
      ['deleted in the trail', [head(3, null)], true],
      ['held by the trail', [head(3)], false],
    ])('tells whether it is missing rightly: %s', async (_, heads, absent) => {
      const { history } = auditWith(heads);
      expect(await history.checkAbsent(name, gone)).toBe(absent);
    });

    it('does not ask again within a minute, until the record has been there', async () => {
      const { history, audit } = auditWith([]);
      await history.checkAbsent(name, gone);
      expect(history.checkAbsent(name, gone)).toBeUndefined();
      audit.heads = [head(1)];
      await history.check(loaded(1), sameAgain(loaded(1)));
      expect(await history.checkAbsent(name, gone)).toBe(false);
    });

    it('has it read again if it was made meanwhile', async () => {
      const { history } = auditWith([head(3)]);
      const made = { ...gone, hasNow: async () => true };
      await expect(history.checkAbsent(name, made)).rejects.toMatchObject({ code: 'decision-outdated' });
    });

    it('waits until the trail hears of its deletion', async () => {
      const { history, audit } = auditWith([head(3)]);
      let looks = 0;
      const leaving = async (): Promise<boolean> => {
        if (++looks === 3) audit.heads = [head(4, null)];
        return true;
      };
      expect(await history.checkAbsent(name, { ...gone, isLeaving: leaving })).toBe(true);
    });

    it('asks to try again if the trail does not hear of its deletion soon', async () => {
      const { history } = auditWith([head(3)]);
      const leaving = { ...gone, isLeaving: async () => true };
      await expect(history.checkAbsent(name, leaving)).rejects.toMatchObject({ code: 'audit-unavailable' });
    });

    it('knows what it has deleted itself, and what was made after that', async () => {
      const { history, audit } = auditWith([head(3)]);
      history.removed(name, 4);
      expect(await history.checkAbsent(name, gone)).toBe(true);
      vi.advanceTimersByTime(61_000);
      audit.heads = undefined;
      expect(await history.checkAbsent(name, gone)).toBe(true);
      vi.advanceTimersByTime(61_000);
      audit.heads = [head(5, 'B')];
      expect(await history.checkAbsent(name, gone)).toBe(false);
    });

    it('answers from memory while the audit service does not answer, and from nothing else', async () => {
      const { history, audit } = auditWith([]);
      await history.checkAbsent(name, gone);
      audit.heads = undefined;
      vi.advanceTimersByTime(3_600_000);
      expect(await history.checkAbsent(name, gone)).toBe(true);
      const other = history.checkAbsent({ ...name, id: 'other' }, gone);
      await expect(other).rejects.toMatchObject({ code: 'audit-unavailable' });
      history.wrote(loaded(1, 'A', 'written'));
      const written = history.checkAbsent({ ...name, id: 'written' }, gone);
      await expect(written).rejects.toMatchObject({ code: 'audit-unavailable' });
    });

    it('knows without the audit service what never belonged to a record that this process makes', async () => {
      const { history, audit } = auditWith(undefined);
      history.wroteWithout(name);
      expect(history.checkAbsent(name, gone)).toBeUndefined();
      vi.advanceTimersByTime(61_000);
      expect(await history.checkAbsent(name, gone)).toBe(true);
      vi.advanceTimersByTime(61_000);
      audit.heads = [head(1)];
      expect(await history.checkAbsent(name, gone)).toBe(false);
    });
  });

  describe('of numbered records', () => {
    const versions = { kind: 'key', of: 'k' } as const;
    const newestIs = (history: RecordHistory, number: number, missing = gone) =>
      history.checkNewest(tenantId, versions, number, missing);

    it.each([
      ['none is known', 1, [], true],
      ['it is the newest', 10, [head(1, 'A', 'k/9'), head(2, 'A', 'k/10')], true],
      ['the trail does not know it yet', 11, [head(2, 'A', 'k/10')], true],
      ['a newer one is missing', 9, [head(1, 'A', 'k/9'), head(2, 'A', 'k/10')], false],
      ['all are missing', 0, [head(1, 'A', 'k/1')], false],
      ['a newer one was deleted', 9, [head(1, 'A', 'k/9'), head(2, null, 'k/10')], true],
      ['another series has more', 1, [head(1, 'A', 'k/1'), head(2, 'A', 'kk/2')], true],
    ])('tells whether one is the newest: %s', async (_, number, heads, newest) => {
      const { history } = auditWith(heads);
      expect(await newestIs(history, number)).toBe(newest);
    });

    it('has it read again if a newer one was made meanwhile', async () => {
      const { history } = auditWith([head(1, 'A', 'k/2')]);
      const made = { ...gone, hasNow: async (id: string) => id === 'k/2' };
      await expect(newestIs(history, 1, made)).rejects.toMatchObject({ code: 'decision-outdated' });
    });

    it('asks once about records, absences and numbers of a turn, and not again within a minute', async () => {
      const { history, audit } = auditWith([head(1, 'A', 'k/2')]);
      const version = loaded(1, 'A', 'k/2');
      const ask = () => [
        history.check(version, sameAgain(version)),
        newestIs(history, 2),
        history.checkAbsent(name, gone),
      ];
      expect(await Promise.all(ask().map(async (answer) => answer))).toEqual([true, true, true]);
      expect(audit.requests).toBe(1);
      expect(ask()).toEqual([undefined, undefined, undefined]);
    });

    it('answers from memory while the audit service does not answer, never less than it knows', async () => {
      const { history, audit } = auditWith([head(1, 'A', 'k/2')]);
      await newestIs(history, 2);
      history.wrote(loaded(1, 'A', 'j/1'));
      audit.heads = undefined;
      vi.advanceTimersByTime(61_000);
      expect(await newestIs(history, 2)).toBe(true);
      expect(await newestIs(history, 3)).toBe(true);
      expect(await history.checkNewest(tenantId, { kind: 'key', of: 'j' }, 1, gone)).toBe(true);
      await expect(newestIs(history, 1)).rejects.toMatchObject({ code: 'audit-unavailable' });
    });
  });

  describe('that is compared again', () => {
    const changes = async (history: RecordHistory): Promise<readonly OwnedName[]> => {
      const told: OwnedName[] = [];
      history.onChanged((names) => told.push(...names));
      await history.compareAgain(new Set([tenantId]));
      return told;
    };

    it('tells caches which records have changed, and refuses their old form from then on', async () => {
      const { history, audit } = auditWith([head(3), head(1, 'A', 'same'), head(1, 'A', 'v/1')]);
      await history.check(loaded(3), sameAgain(loaded(3)));
      await history.check(loaded(1, 'A', 'same'), sameAgain(loaded(1, 'A', 'same')));
      await history.checkAbsent({ ...name, id: 'absent' }, gone);
      await history.checkNewest(tenantId, { kind: 'key', of: 'v' }, 1, gone);
      expect(await changes(history)).toEqual([]);
      audit.heads = [head(4, 'B'), head(1, 'A', 'same'), head(2, 'A', 'absent'), head(5, 'A', 'v/2')];
      const changed = ['k', 'absent', 'v/2'].map((id) => ({ tenantId, kind: 'key', id }));
      expect(await changes(history)).toEqual(changed);
      expect(await history.check(loaded(3), sameAgain(loaded(3)))).toBe(false);
      audit.heads = undefined;
      expect(await history.check(loaded(3), sameAgain(loaded(3)))).toBe(false);
      expect(await history.check(loaded(4, 'B'), sameAgain(loaded(4, 'B')))).toBeUndefined();
    });

    it('includes every tenant when everything is compared, and has everything read again', async () => {
      const { history, audit } = auditWith([head(3)]);
      await history.check(loaded(3), sameAgain(loaded(3)));
      const told: OwnedName[] = [];
      history.onChanged((names) => told.push(...names));
      audit.heads = [head(4, 'B')];
      const before = history.lastMove(tenantId);
      await history.compareAgain();
      expect(told).toEqual([{ tenantId, kind: 'key', id: 'k' }]);
      expect(history.lastMove(tenantId)).toBeGreaterThan(before);
      expect(history.lastMove('00000000-0000-7000-8000-000000000002')).toBeGreaterThan(before);
    });

    it('leaves other tenants alone', async () => {
      const { history, audit } = auditWith([head(3)]);
      await history.check(loaded(3), sameAgain(loaded(3)));
      await history.compareAgain(new Set(['00000000-0000-7000-8000-000000000002']));
      expect(audit.requests).toBe(1);
    });
  });
});
