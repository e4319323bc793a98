import { AnkaError, type RecordChange, type RecordHead } from '@ankasecure/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BusClient } from '../nats/client.js';
import { RecordOwner } from './record-authority.js';
import type { LoadedRecord } from './record-claim.js';
import { RecordHistory } from './record-history.js';

const tenantId = '00000000-0000-7000-8000-000000000001';
const digest = (letter: string): string => letter.repeat(43);
const form = (id: string, revision: number, letter: string): LoadedRecord => ({
  tenantId,
  kind: 'key_version',
  id,
  revision,
  digest: digest(letter),
});
const headOf = (id: string, revision: number, letter: string | null): RecordHead => ({
  kind: 'key_version',
  id,
  seq: 1,
  revision,
  digest: letter === null ? null : digest(letter),
  state: null,
});
const change = (id: string, revision: number, letter: string | null): RecordChange => ({
  kind: 'key_version',
  id,
  revision,
  digest: letter === null ? null : digest(letter),
});

/** The trail, as one process asks it. Undefined: it does not answer. */
const trailWith = (heads: readonly RecordHead[]) => {
  const trail = {
    heads: heads as readonly RecordHead[] | undefined,
    request: async (_: unknown, __: string, ___: unknown, asked: { records: { id: string }[]; newest: unknown[] }) => {
      if (trail.heads === undefined) throw new AnkaError('service-unavailable');
      const named = trail.heads.filter(({ id }) => asked.records.some((record) => record.id === id));
      return { heads: [...named, ...(asked.newest.length > 0 ? trail.heads.slice(-1) : [])] };
    },
  };
  const history = new RecordHistory(new RecordOwner('crypto-worker'), trail as unknown as BusClient);
  return { trail, history };
};

/** What the database's owner puts back after the change was committed, and how a process asks about it. */
const putBack = {
  'the form before a change': {
    isMissing: false,
    before: [headOf('k/1', 3, 'A')],
    change: change('k/1', 5, 'B'),
    ask: (history: RecordHistory) => history.check(form('k/1', 3, 'A'), async () => form('k/1', 3, 'A')),
  },
  'a record that was deleted': {
    isMissing: false,
    before: [headOf('k/1', 3, 'A')],
    change: change('k/1', 5, null),
    ask: (history: RecordHistory) => history.check(form('k/1', 3, 'A'), async () => form('k/1', 3, 'A')),
  },
  'the absence of a record that was made': {
    isMissing: true,
    before: [headOf('k/1', 3, null)],
    change: change('k/1', 5, 'B'),
    ask: (history: RecordHistory) =>
      history.checkAbsent(
        { tenantId, kind: 'key_version', id: 'k/1' },
        { hasNow: async () => false, isLeaving: async () => false },
      ),
  },
  'the number before a new version': {
    isMissing: true,
    before: [headOf('k/1', 3, 'A')],
    change: change('k/2', 5, 'B'),
    ask: (history: RecordHistory) =>
      history.checkNewest(tenantId, { kind: 'key_version', of: 'k' }, 1, {
        hasNow: async () => false,
        isLeaving: async () => false,
      }),
  },
} as const;

/** How the trail answers before it has heard of the change. */
const trails = {
  'has not heard of it yet': (heads: readonly RecordHead[]) => heads,
  'does not answer': () => undefined,
} as const;

describe('what a process has committed', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'hrtime'] }));
  afterEach(() => void vi.useRealTimers());

  const cases = Object.entries(putBack).flatMap(([what, row]) =>
    Object.entries(trails).flatMap(([how, answer]) =>
      [0, 61, 3_600].map((seconds) => ({ what, how, seconds, row, answer })),
    ),
  );

  it.each(cases)(
    'counts for it: not $what, while the trail $how, $seconds s later',
    async ({ row, answer, seconds }) => {
      const { trail, history } = trailWith(row.before);
      const isTrue = async (): Promise<boolean | 'unknown'> => {
        try {
          return (await row.ask(history)) ?? true;
        } catch (error) {
          expect(error).toMatchObject({ code: 'audit-unavailable' });
          return 'unknown';
        }
      };
      expect(await isTrue()).toBe(true);
      history.committed([{ tenantId, change: row.change }]);
      trail.heads = answer(row.before);
      vi.advanceTimersByTime(seconds * 1000);
      // What the database lacks is not decided by memory alone: it is refused until the trail answers.
      const refused = trail.heads === undefined && row.isMissing ? 'unknown' : false;
      expect([await isTrue(), await isTrue()]).toEqual([refused, refused]);
    },
  );

  it.each(Object.entries(putBack))('counts no longer once the trail names a later change: %s', async (_, row) => {
    const { trail, history } = trailWith(row.before);
    history.committed([{ tenantId, change: row.change }]);
    const { id } = row.before[0];
    const isNumber = row.change.id !== id;
    // Another process has undone it since.
    trail.heads = isNumber ? [headOf(row.change.id, 9, 'C')] : [headOf(id, 9, row.change.digest === null ? 'C' : null)];
    const asked = isNumber
      ? history.checkNewest(tenantId, { kind: 'key_version', of: 'k' }, 2, {
          hasNow: async () => false,
          isLeaving: async () => false,
        })
      : row.change.digest === null
        ? history.check(form(id, 9, 'C'), async () => form(id, 9, 'C'))
        : history.checkAbsent(
            { tenantId, kind: 'key_version', id },
            { hasNow: async () => false, isLeaving: async () => false },
          );
    expect(await (asked ?? true)).toBe(true);
  });

  it.each(['itself', 'another process'] as const)(
    'does not count as the newest of numbered records once %s has noted that it is lost',
    async (by) => {
      const { trail, history } = trailWith([headOf('k/1', 3, 'A')]);
      const newest = () =>
        history.checkNewest(tenantId, { kind: 'key_version', of: 'k' }, 1, {
          hasNow: async () => false,
          isLeaving: async () => false,
        });
      history.wrote(form('k/2', 5, 'B'));
      history.committed([{ tenantId, change: change('k/2', 5, 'B') }]);
      expect(await (newest() ?? true)).toBe(false);
      if (by === 'itself') history.committed([{ tenantId, change: change('k/2', 9, null) }]);
      else {
        trail.heads = [headOf('k/2', 9, null), headOf('k/1', 3, 'A')];
        await history.compareAgain(new Set([tenantId]));
      }
      expect(await (newest() ?? true)).toBe(true);
    },
  );

  it('does not include what was rolled back', async () => {
    const { history } = trailWith([headOf('k/1', 3, 'A')]);
    history.wrote(form('k/1', 5, 'B'));
    expect(await (history.check(form('k/1', 3, 'A'), async () => form('k/1', 3, 'A')) ?? true)).toBe(true);
  });
});
