import { AnkaError, type RecordHead } from '@ankasecure/contracts';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BusClient } from '../nats/client.js';
import { RecordOwner } from './record-authority.js';
import { type LoadedRecord, RecordHistory } from './record-history.js';

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
  new RecordHistory(new RecordOwner('crypto-worker'), bus as BusClient, new Registry());

/** An audit service with these heads; undefined: it does not answer. */
const auditWith = (initial: readonly RecordHead[] | undefined) => {
  const audit = {
    heads: initial,
    requests: 0,
    request: async (_: unknown, __: string, ___: unknown, { records }: { records: { id: string }[] }) => {
      audit.requests++;
      if (audit.heads === undefined) throw new AnkaError('service-unavailable');
      return { heads: audit.heads.filter(({ id }) => records.some((record) => record.id === id)) };
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
      });
      audit.heads = [];
      expect(await history.check(loaded(1), sameAgain(loaded(1)))).toBe(true);
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
});
