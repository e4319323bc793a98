import { randomBytes, randomUUID } from 'node:crypto';
import { withOtherStatements } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SealedWorker, startSealedWorker, TestTrail } from '../../testing/sealed-worker.js';
import { startWorkerDatabase, type WorkerDatabase } from '../../testing/worker-database.js';
import { currentOf } from './current-version.js';
import { KeyRecord } from './key.entity.js';
import { KeyVersionRecord } from './key-version.entity.js';
import { RotationPolicyRecord } from './rotation-policy.entity.js';
import { readCurrentAndMade, readKey, readVersion, readVersions } from './select-version.js';

const [tenantId, keyId] = [randomUUID(), randomUUID()];
const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

/** Version 2 has taken over by its date, and version 3 waits for its own. */
const versions = [
  { version: 1, state: 'ACTIVE', activateAt: null },
  { version: 2, state: 'PRE_ACTIVE', activateAt: inMinutes(-1) },
  { version: 3, state: 'PRE_ACTIVE', activateAt: inMinutes(60) },
] as const;

const isReading = (statement: string): boolean => /^SELECT .* FROM "key_version" "version"/.test(statement);
/** The condition of the key, not that of a subquery. */
const ofKey = /WHERE (?=\(?"version")/;
/** The answer's rows that meet another condition, in another order. */
const answering = (condition: string, order: 'ASC' | 'DESC') => (statement: string) =>
  isReading(statement)
    ? statement
        .replace(/"version"\."version" >= \(SELECT max\([\s\S]*?\)\)\)/, `(${condition} OR $& IS NULL)`)
        .replace(/ ORDER BY "version"\."version" \w+/, '')
        .replace(/(?= LIMIT \d+$)|$/, ` ORDER BY "version"."version" ${order}`)
    : statement;

describe('the versions of a key', () => {
  let database: WorkerDatabase;
  let worker: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    const trail = new TestTrail(database);
    worker = await startSealedWorker(database, trail);
    await worker.change(tenantId, async (manager) => {
      const key = { label: 'k', algorithm: 'EC-P256', purpose: 'sign', createdBy: 'alice' } as const;
      await manager.insert(KeyRecord, { ...key, tenantId, id: keyId, algs: ['ES256'] });
      const place = { custody: 'token', partition: 'default', tokenLabel: 'label', tokenSerial: 'serial' } as const;
      for (const version of versions)
        await manager.insert(KeyVersionRecord, { ...place, ...version, tenantId, keyId, objectId: randomBytes(16) });
      const limit = { interval: null, intervalSeconds: null, nextAt: null, maxUses: 7, setBy: 'alice' };
      await manager.insert(RotationPolicyRecord, { ...limit, tenantId, keyId });
    });
    await trail.seal();
  });
  afterAll(async () => {
    await worker.stop();
    await database.stop();
  });

  const current = () => worker.read(tenantId, (manager) => readVersion(manager, tenantId, keyId, null));
  const all = () => worker.read(tenantId, (manager) => readKey(manager, tenantId, keyId));
  const page = () =>
    worker.read(tenantId, (manager) => readVersions(manager, tenantId, keyId, { before: null, limit: 10 }));
  const forRotation = () => worker.read(tenantId, (manager) => readCurrentAndMade(manager, tenantId, keyId, null));
  const numbers = (rows: readonly KeyVersionRecord[]): number[] => rows.map(({ version }) => version);
  const lied = <Result>(instead: (statement: string) => string, work: () => Promise<Result>): Promise<Result> =>
    withOtherStatements(worker.dataSource, instead, work);

  it.each(['ASC', 'DESC'] as const)('are the same if the database answers with them in the order %s', async (order) => {
    await lied(answering('"version"."version" >= 2', order), async () => {
      expect((await current())?.version).toBe(2);
      expect(numbers(await all())).toEqual([1, 2, 3]);
      expect(numbers(await page())).toEqual([3, 2, 1]);
      expect(numbers(await forRotation())).toEqual([2, 3]);
    });
  });

  it.each(['ASC', 'DESC'] as const)('have one current, also if an older one is answered with it, %s', async (order) => {
    await lied(answering('true', order), async () => {
      expect((await current())?.version).toBe(2);
    });
  });

  it('are refused if the current one is not among them', async () => {
    await lied(answering('"version"."version" = 3', 'ASC'), async () => {
      await expect(current()).rejects.toMatchObject({ code: 'record-outdated' });
    });
  });

  it('are refused if one between them is missing', async () => {
    const without2 = (statement: string): string =>
      isReading(statement)
        ? answering('true', 'ASC')(statement).replace(ofKey, '$& "version"."version" <> 2 AND ')
        : statement;
    await lied(without2, async () => {
      for (const reading of [current, all, page, forRotation])
        await expect(reading()).rejects.toMatchObject({ code: 'record-outdated' });
    });
  });

  it('are refused if the first one is missing, where all are needed', async () => {
    const without1 = (statement: string): string =>
      isReading(statement) ? statement.replace(ofKey, '$& "version"."version" <> 1 AND ') : statement;
    await lied(without1, async () => {
      await expect(all()).rejects.toMatchObject({ code: 'record-outdated' });
    });
  });

  it('are refused if any of them lacks the rotation policy', async () => {
    const onlyWithLast = (statement: string): string =>
      answering(
        '"version"."version" >= 2',
        'DESC',
      )(statement).replace('"rotation"."key_id" = "version"."key_id"', '$& AND "version"."version" = 3');
    await lied(onlyWithLast, async () => {
      await expect(current()).rejects.toMatchObject({ code: 'decision-outdated' });
    });
    expect((await current())?.rotationPolicy?.maxUses).toBe(7);
  });

  it.each([
    ['waits for its date', { state: 'PRE_ACTIVE', activateAt: inMinutes(1) }, 1],
    ['has taken over', { state: 'PRE_ACTIVE', activateAt: inMinutes(-1) }, 2],
    ['is to be destroyed', { state: 'DESTROY_SCHEDULED', activateAt: inMinutes(-1) }, 1],
    ['took over at once', { state: 'DESTROYED', activateAt: null }, 2],
  ] as const)('have the first as the current one unless the next has taken over: it %s', (_, next, expected) => {
    const first = { version: 1, state: 'PRE_ACTIVE', activateAt: inMinutes(60) } as const;
    expect(currentOf([first, { version: 2, ...next }], Date.now())?.version).toBe(expected);
  });
});
