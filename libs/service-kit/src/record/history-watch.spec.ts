import { AnkaError, type RecordHead } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Logger } from '../logging/logger.js';
import type { BusClient } from '../nats/client.js';
import { HistoryWatch, WatchedDatabase } from './history-watch.js';
import { RecordOwner } from './record-authority.js';
import { RecordHistory } from './record-history.js';

const [one, other] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'] as const;

/**
 * A watch over a trail and a database with these positions. It lists the tenants that it has compared again.
 * @param how whether it only lists them
 */
const watchOf = (trail: Map<string, number>, held: Map<string, number>, how: 'listed' | 'really' = 'listed') => {
  const bus = {
    readHeads: async (_tenantId: string): Promise<readonly RecordHead[]> => [],
    request: async (_: unknown, __: unknown, { tenantId }: { tenantId: string }, asked: object): Promise<object> =>
      'records' in asked
        ? { heads: await bus.readHeads(tenantId) }
        : { items: [...trail].map(([id, revision]) => ({ tenantId: id, revision })), complete: true },
  };
  const database = {
    query: async (_: string, [tenants]: [readonly string[]]) =>
      [...held]
        .map(([tenantId, revision]) => ({ tenantId, revision }))
        .filter(({ tenantId }) => tenants.includes(tenantId)),
  };
  const connected = bus as unknown as BusClient;
  const history = new RecordHistory(new RecordOwner('crypto-worker'), connected);
  const compared: string[][] = [];
  if (how === 'listed')
    history.compareAgain = async (tenants) => void compared.push(tenants === undefined ? ['all'] : [...tenants].sort());
  const alarms: string[] = [];
  const lines: string[] = [];
  const log = {
    error: ({ alarm }: { alarm: string }) => alarms.push(alarm),
    warn: ({ reason }: { reason: string }) => lines.push(reason),
    info: (line: string) => lines.push(line),
  } as unknown as Logger;
  const watched = new WatchedDatabase('crypto-worker', 'ankadb_keys', 'default');
  const watch = new HistoryWatch(watched, database as unknown as DataSource, connected, history, log);
  return { watch, history, compared, database, bus, alarms, lines };
};

it('compares again what is known of tenants whose trails have moved, and once more', async () => {
  const trail = new Map([
    [one, 3],
    [other, 5],
  ]);
  const { watch, compared } = watchOf(trail, new Map(trail));
  for (let round = 0; round < 3; round++) await watch.compare();
  trail.set(one, 4);
  for (let round = 0; round < 3; round++) await watch.compare();
  expect(compared).toEqual([[one, other], [one, other], [], [one], [one], []]);
});

describe('after ten minutes', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'hrtime'] }));
  afterEach(() => void vi.useRealTimers());

  /** A comparison each minute. */
  const minutes = async (watch: HistoryWatch, count: number): Promise<void> => {
    for (let minute = 1; minute <= count; minute++) {
      vi.advanceTimersByTime(60_000);
      await watch.compare();
    }
  };

  it('compares everything, whatever the positions say', async () => {
    const frozen = new Map([[one, 3]]);
    const { watch, compared } = watchOf(frozen, frozen);
    await minutes(watch, 9);
    expect(compared).not.toContainEqual(['all']);
    await minutes(watch, 11);
    expect(compared.filter(([tenantId]) => tenantId === 'all')).toHaveLength(2);
  });

  it('compares everything also if the trails do not tell their positions, and not more often than that', async () => {
    const { watch, compared, bus } = watchOf(new Map(), new Map());
    bus.request = async () => Promise.reject(new Error('audit away'));
    for (let second = 0; second <= 660; second += 5) {
      await expect(watch.compare()).rejects.toThrow('audit away');
      vi.advanceTimersByTime(5_000);
    }
    expect(compared).toEqual([['all']]);
  });
});

describe('a comparison that fails', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'hrtime', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /**
   * When the database is asked in the first five minutes, in seconds after the start.
   * @param howLong the time for which it answers, in seconds
   */
  const triesOf = async (howLong: number): Promise<readonly number[]> => {
    const { watch, database } = watchOf(new Map([[one, 3]]), new Map([[one, 3]]));
    const startedAt = performance.now();
    const { query } = database;
    const tries: number[] = [];
    database.query = async (...asked) => {
      const second = (performance.now() - startedAt) / 1_000;
      tries.push(second);
      if (second >= howLong) throw new Error('no such function');
      return query(...asked);
    };
    watch.onModuleInit();
    await vi.advanceTimersByTimeAsync(300_000);
    watch.onApplicationShutdown();
    return tries;
  };
  const between = (tries: readonly number[], from: number, to: number): number =>
    tries.filter((second) => second >= from && second < to).length;

  it('is tried again at once while the process starts, and every second from then on', async () => {
    const tries = await triesOf(0);
    expect(between(tries, 0, 5)).toBeGreaterThan(10);
    expect(between(tries, 10, 300)).toBe(290);
  });

  it('is tried again every five seconds also when the database counts as not compared any more', async () => {
    const tries = await triesOf(61);
    expect(between(tries, 0, 60)).toBe(1);
    expect(between(tries, 180, 300)).toBe(24);
  });
});

describe('a trail that is refused', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'hrtime'] }));
  afterEach(() => void vi.useRealTimers());

  const refusals: Readonly<Record<string, () => Error>> = {
    'at once': () => new AnkaError('service-unavailable'),
    'by not answering': () => {
      vi.advanceTimersByTime(10_000);
      return new AnkaError('deadline-exceeded');
    },
  };
  const recordOf = (tenantId: string, revision: number) =>
    ({ tenantId, kind: 'key', id: 'k', revision, digest: 'A'.repeat(43) }) as const;

  /** A watch that remembers a record of each tenant. All have changed since, and the trail of one tenant is refused. */
  const watchOfRefused = (how: string) => {
    const tenants: readonly string[] = [one, other];
    const held = new Map(tenants.map((tenantId) => [tenantId, 4]));
    const made = watchOf(new Map(held), held, 'really');
    for (const tenantId of tenants) made.history.wrote(recordOf(tenantId, 3));
    const refused = new Set<string>([one]);
    made.bus.readHeads = async (tenantId) => {
      if (refused.has(tenantId)) throw refusals[how]?.() ?? new Error(how);
      return [{ ...recordOf(tenantId, 4), seq: 1, state: null }];
    };
    const changed: string[] = [];
    made.history.onChanged((names) => changed.push(...names.map(({ tenantId }) => tenantId)));
    return { ...made, held, refused, changed };
  };

  it.each(Object.keys(refusals))('keeps no database row of others from being compared: refused %s', async (how) => {
    const { watch, history, held } = watchOfRefused(how);
    for (let minute = 1; minute <= 11; minute++) {
      await expect(watch.compare()).rejects.toThrow();
      vi.advanceTimersByTime(60_000);
    }
    held.set(other, 3);
    await Promise.allSettled([watch.compare()]);
    expect(history.behind).toEqual(new Map([[other, 4]]));
  });

  it.each(Object.keys(refusals))('keeps nothing else that is known from being compared: refused %s', async (how) => {
    const { watch, refused, changed } = watchOfRefused(how);
    for (let round = 0; round < 2; round++) await expect(watch.compare()).rejects.toThrow();
    expect(changed).toEqual([other]);
    // It is tried again although its position does not move.
    for (let round = 0; round < 2; round++) await expect(watch.compare()).rejects.toThrow();
    refused.clear();
    await watch.compare();
    expect(changed).toEqual([other, one]);
    await watch.compare();
  });
});

it('reports a database that is older than the trail', async () => {
  const { watch, history } = watchOf(new Map([[one, 3]]), new Map([[one, 2]]));
  await watch.compare();
  expect(history.behind).toEqual(new Map([[one, 3]]));
});

describe('a database that does not tell its revisions', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'hrtime'] }));
  afterEach(() => void vi.useRealTimers());

  it.each([true, false])(
    'is no reason to go on with what the trail knows otherwise; compared before: %s',
    async (before) => {
      const trail = new Map([[one, 3]]);
      const { watch, history, compared, database, alarms } = watchOf(trail, new Map([[one, 9]]));
      if (before) await watch.compare();
      const { query } = database;
      database.query = async () => Promise.reject(new Error('no such function'));
      compared.length = 0;
      for (let second = 0; second <= 60; second += 5) {
        expect(history.positions.isCompared).toBe(before);
        trail.set(one, 4 + second);
        await expect(watch.compare()).rejects.toThrow('no such function');
        expect(compared.at(-1)).toEqual([one]);
        vi.advanceTimersByTime(5_000);
      }
      expect(history.positions.isCompared).toBe(false);
      await expect(history.assertCompared()).rejects.toMatchObject({ code: 'audit-unavailable' });
      expect(alarms).toEqual(before ? ['record-uncompared'] : []);
      database.query = query;
      trail.set(one, 9);
      await watch.compare();
      expect(history.positions.isCompared).toBe(true);
    },
  );

  it('is not that of an audit service which does not answer', async () => {
    const { watch, history } = watchOf(new Map([[one, 3]]), new Map([[one, 3]]));
    await watch.compare();
    history.compareAgain = async () => Promise.reject(new Error('audit away'));
    for (let round = 0; round < 20; round++) {
      await expect(watch.compare()).rejects.toThrow('audit away');
      vi.advanceTimersByTime(60_000);
    }
    expect(history.positions.isCompared).toBe(true);
  });

  /** What keeps the database from being compared in a round, five seconds after the one before. */
  type Away = 'database' | 'audit';
  const rounds = (away: Away, count: number): Away[] => Array.from({ length: count }, () => away);
  const silences: readonly { readonly name: string; readonly rounds: readonly Away[] }[] = [
    { name: 'once before it', rounds: [...rounds('database', 1), ...rounds('audit', 100), ...rounds('database', 11)] },
    { name: 'once within it', rounds: [...rounds('audit', 50), 'database', ...rounds('audit', 50), 'database'] },
    { name: 'for half a minute before it', rounds: [...rounds('database', 7), ...rounds('audit', 20), 'database'] },
    { name: 'now and then', rounds: Array.from({ length: 20 }, () => ['database', 'audit'] as const).flat() },
  ];

  it.each(silences)(
    'for less than a minute is no alarm beside an audit service that is silent: $name',
    async ({ rounds: aways }) => {
      const { watch, history, database, bus, alarms } = watchOf(new Map([[one, 3]]), new Map([[one, 3]]));
      await watch.compare();
      const { query } = database;
      const { request } = bus;
      for (const away of aways) {
        database.query = away === 'database' ? async () => Promise.reject(new Error('no such function')) : query;
        bus.request = away === 'audit' ? async () => Promise.reject(new Error('audit away')) : request;
        await expect(watch.compare()).rejects.toThrow();
        vi.advanceTimersByTime(5_000);
      }
      expect(alarms).toEqual([]);
      expect(history.positions.isCompared).toBe(true);
    },
  );

  it('for a minute in all is one, whatever the audit service does between', async () => {
    const { watch, database, bus, alarms } = watchOf(new Map([[one, 3]]), new Map([[one, 3]]));
    await watch.compare();
    const { request } = bus;
    database.query = async () => Promise.reject(new Error('no such function'));
    for (const away of [...rounds('database', 7), ...rounds('audit', 7), ...rounds('database', 7)]) {
      bus.request = away === 'audit' ? async () => Promise.reject(new Error('audit away')) : request;
      await expect(watch.compare()).rejects.toThrow();
      vi.advanceTimersByTime(5_000);
    }
    expect(alarms).toEqual(['record-uncompared']);
  });
});

describe('the log of a start', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'hrtime', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it.each([1, 4, 30, 90])(
    'has a line for each reason and minute if audit comes after %i s, and one then',
    async (seconds) => {
      const { watch, bus, lines } = watchOf(new Map([[one, 3]]), new Map([[one, 3]]));
      const { request } = bus;
      let reason = 'no answer';
      bus.request = async () => Promise.reject(new Error(reason));
      watch.onModuleInit();
      await vi.advanceTimersByTimeAsync(seconds * 1_000);
      const before = Array.from({ length: 1 + Math.floor(seconds / 60) }, () => 'no answer');
      expect(lines).toEqual(before);
      reason = 'no key';
      await vi.advanceTimersByTimeAsync(10_000);
      bus.request = request;
      await vi.advanceTimersByTimeAsync(200_000);
      watch.onApplicationShutdown();
      expect(lines).toEqual([...before, 'no key', 'the database is compared with the audit trail']);
    },
  );
});

describe('a watch that is to hurry', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'hrtime', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it.each([10_000, 30_000, 59_000])(
    'compares at once and some seconds later, and then each minute: after %i ms',
    async (ms) => {
      const trail = new Map([[one, 3]]);
      const { watch } = watchOf(trail, new Map(trail));
      const compared = vi.spyOn(watch, 'compare');
      watch.onModuleInit();
      await vi.advanceTimersByTimeAsync(ms);
      expect(compared).toHaveBeenCalledTimes(1);
      watch.hurry();
      await vi.advanceTimersByTimeAsync(10);
      expect(compared).toHaveBeenCalledTimes(2);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(compared).toHaveBeenCalledTimes(3);
      await vi.advanceTimersByTimeAsync(48_000);
      expect(compared).toHaveBeenCalledTimes(3);
      watch.onApplicationShutdown();
    },
  );
});
