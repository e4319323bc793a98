import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Logger } from '../logging/logger.js';
import type { BusClient } from '../nats/client.js';
import { HistoryWatch, WatchedDatabase } from './history-watch.js';
import { RecordOwner } from './record-authority.js';
import { RecordHistory } from './record-history.js';

const [one, other] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'] as const;

/** A watch over a trail and a database with these positions. It lists the tenants that it has compared again. */
const watchOf = (trail: Map<string, number>, held: Map<string, number>) => {
  const bus = {
    request: async () => ({
      items: [...trail].map(([tenantId, revision]) => ({ tenantId, revision })),
      complete: true,
    }),
  } as unknown as BusClient;
  const database = {
    query: async (_: string, [tenants]: [readonly string[]]) =>
      [...held]
        .map(([tenantId, revision]) => ({ tenantId, revision }))
        .filter(({ tenantId }) => tenants.includes(tenantId)),
  };
  const history = new RecordHistory(new RecordOwner('crypto-worker'), bus);
  const compared: string[][] = [];
  history.compareAgain = async (tenants) => void compared.push(tenants === undefined ? ['all'] : [...tenants].sort());
  const alarms: string[] = [];
  const log = { error: ({ alarm }: { alarm: string }) => alarms.push(alarm) } as unknown as Logger;
  const watched = new WatchedDatabase('crypto-worker', 'ankadb_keys', 'default');
  const watch = new HistoryWatch(watched, database as unknown as DataSource, bus, history, log);
  return { watch, history, compared, database, alarms };
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

it('compares everything in every tenth round, whatever the positions say', async () => {
  const frozen = new Map([[one, 3]]);
  const { watch, history, compared } = watchOf(frozen, frozen);
  for (let round = 1; round <= 9; round++) await watch.compare();
  expect(compared).not.toContainEqual(['all']);
  const answering = history.compareAgain;
  history.compareAgain = async () => Promise.reject(new Error('audit away'));
  await expect(watch.compare()).rejects.toThrow('audit away');
  history.compareAgain = answering;
  for (let round = 10; round <= 20; round++) await watch.compare();
  expect(compared.filter(([tenantId]) => tenantId === 'all')).toHaveLength(2);
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
});
