import { randomUUID } from 'node:crypto';
import type { Logger } from '@ankasecure/service-kit';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mayRead, type TrailDescent } from '../end/trail-descent.js';
import { ToldTrails } from './told-trails.js';
import type { Told } from './trail-place.js';
import { UnprovenTrails } from './unproven-trails.js';

describe('the trails that one reading proves', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['hrtime', 'performance', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());
  const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  /** One reading. The proofs that it makes at the same time take their time at the same time. */
  const readingOf = async (trails: ToldTrails): Promise<Told> => {
    const reading = trails.read();
    await vi.advanceTimersByTimeAsync(20_000);
    return reading;
  };

  const count = 12;
  const toldTrails = (
    tenants: readonly string[],
    of: TrailDescent['of'],
    anchored: () => TrailDescent['anchored'] = () => new Map(),
  ): ToldTrails => {
    const place = { seq: 1, hash: Buffer.alloc(32), indexSeq: 0, indexMac: Buffer.of() };
    const heads = tenants.map((tenantId) => ({ tenantId, ...place }));
    const dataSource = { query: () => Promise.resolve(heads) } as unknown as DataSource;
    const ends = { all: () => new Map(), allIndexes: () => new Map() };
    const log = { error: () => undefined } as unknown as Logger;
    const descent = {
      of,
      ends,
      get anchored() {
        return anchored();
      },
    } as unknown as TrailDescent;
    return new ToldTrails(dataSource, descent, new UnprovenTrails(log, new Registry()), log);
  };
  const cases = [1, 2, 3, 5].flatMap((stuck) => ['first', 'in the middle', 'last'].map((where) => ({ stuck, where })));

  it.each(cases)(
    'are all others in each reading once each of $stuck stuck ones had its turn, which come $where',
    async ({ stuck, where }) => {
      const tenants = Array.from({ length: count }, () => randomUUID());
      const from = { first: 0, 'in the middle': (count - stuck) >> 1, last: count - stuck }[where] ?? 0;
      const isStuck = new Set<string>(tenants.slice(from, from + stuck));
      const tried = new Map<string, number>();
      const of: TrailDescent['of'] = async ({ tenantId, deadline }) => {
        if (!mayRead(deadline)) return 'pending';
        tried.set(tenantId, (tried.get(tenantId) ?? 0) + 1);
        if (!isStuck.has(tenantId)) return 'proven';
        await pass(5_000);
        return 'pending';
      };
      const trails = toldTrails(tenants, of);
      const unproved = async () => [...(await readingOf(trails)).pending].toSorted();
      for (let reading = 0; reading < stuck; reading++) await unproved();
      tried.clear();
      for (let reading = 0; reading < 3; reading++) expect(await unproved()).toEqual([...isStuck].toSorted());
      // The stuck ones take turns as well.
      for (let reading = 0; reading < stuck; reading++) await unproved();
      const turns = [...isStuck].map((tenantId) => tried.get(tenantId) ?? 0);
      expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(1);
    },
  );

  it.each([
    { from: undefined, to: 2, standing: 'pending' },
    { from: 1, to: 2, standing: 'pending' },
    { from: 2, to: 2, standing: 'behind' },
    { from: undefined, to: undefined, standing: 'behind' },
  ])(
    'are $standing if they do not continue event $to, where $from was anchored as they were told',
    async ({ from, to, standing }) => {
      const tenantId = randomUUID();
      const index = { seq: 0, mac: Buffer.of() };
      const placeAt = (seq: number | undefined) =>
        new Map(seq === undefined ? [] : [[tenantId, { tenantId, seq, hash: Buffer.alloc(32, seq), index }] as const]);
      let places = placeAt(from);
      const of = () => {
        places = placeAt(to);
        return Promise.resolve('broken' as const);
      };
      const { behind, pending } = await toldTrails([tenantId], of, () => places).read();
      expect({ behind: [...behind], pending: [...pending] }).toEqual({
        behind: [],
        pending: [],
        [standing]: [tenantId],
      });
    },
  );

  it.each([1_500, 2_500, 6_000])('take turns if the proof of each takes %i ms, and succeeds', async (proofMs) => {
    const tenants = Array.from({ length: count }, () => randomUUID());
    const tried = new Map<string, number>(tenants.map((tenantId) => [tenantId, 0]));
    const trails = toldTrails(tenants, async ({ tenantId, deadline }) => {
      if (!mayRead(deadline)) return 'pending';
      tried.set(tenantId, (tried.get(tenantId) ?? 0) + 1);
      await pass(proofMs);
      return 'proven';
    });
    for (let reading = 0; reading < 2 * count; reading++) await readingOf(trails);
    expect(Math.max(...tried.values()) - Math.min(...tried.values())).toBeLessThanOrEqual(1);
  });

  const waiting = [1, 2, 3].flatMap((unproved) =>
    [2, 4, 9].flatMap((slow) => [1_500, 2_500, 6_000].map((proofMs) => ({ unproved, slow, proofMs }))),
  );

  it.each(waiting)(
    'are proved soon, $unproved that were not in their last turns, beside $slow whose proofs take $proofMs ms each',
    async ({ unproved, slow, proofMs }) => {
      const tenants = Array.from({ length: unproved + slow }, () => randomUUID());
      const isUnproved = new Set<string>(tenants.slice(0, unproved));
      let isSealed = false;
      const trails = toldTrails(tenants, async ({ tenantId, deadline }) => {
        if (!mayRead(deadline)) return 'pending';
        if (isUnproved.has(tenantId)) return isSealed ? 'proven' : 'pending';
        await pass(proofMs);
        return 'proven';
      });
      const pending = async () => (await readingOf(trails)).pending;
      // Each of the slow ones has its turn.
      for (let reading = 0; reading < slow; reading++) await pending();
      isSealed = true;
      expect([...(await pending())].filter((tenantId) => isUnproved.has(tenantId))).toEqual([]);
    },
  );
});
