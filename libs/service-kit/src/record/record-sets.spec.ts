import { AnkaError } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BusClient } from '../nats/client.js';
import { RecordOwner } from './record-authority.js';
import { RecordHistory } from './record-history.js';
import { RecordSets } from './record-sets.js';

const tenantId = '00000000-0000-7000-8000-000000000001';

/** A database without records, and a trail that says the same, as long as it answers. */
const emptySets = (longestSilence: string) => {
  const audit = { answers: true };
  const bus = {
    request: async () => {
      if (!audit.answers) throw new AnkaError('service-unavailable');
      return { heads: [], complete: true };
    },
  } as unknown as BusClient;
  const queryRunner = { connect: async () => ({ query: async () => ({ rows: [] }) }) };
  const manager = { queryRunner, query: async () => [], find: async () => [] };
  const dataSource = {
    getMetadata: () => ({ tableName: 'exclusion' }),
    options: { poolSize: 1 },
    transaction: (work: (manager: object) => Promise<unknown>) => work(manager),
  } as unknown as DataSource;
  const owner = new RecordOwner('gateway', { longestSilence });
  const sets = new RecordSets(owner, bus, dataSource, new RecordHistory(owner, bus));
  return { audit, load: () => sets.load('exclusion', tenantId) };
};

describe('a set that the trail has told', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance', 'hrtime'] }));
  afterEach(() => void vi.useRealTimers());

  it('counts while the trail is not read, for as long as it is configured', async () => {
    const { audit, load } = emptySets('PT2H');
    expect(await load()).toEqual([]);
    audit.answers = false;
    vi.advanceTimersByTime(7_100_000);
    expect(await load()).toEqual([]);
    vi.advanceTimersByTime(200_000);
    await expect(load()).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
    // Also while the audit service is not asked, because it did not answer a moment ago.
    await expect(load()).rejects.toMatchObject({ code: 'audit-unavailable' });
    audit.answers = true;
    expect(await load()).toEqual([]);
  });
});
