import { randomBytes, randomUUID } from 'node:crypto';
import { nextNumber, restoreRecords } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { allVersions, readKey, readVersion, readVersions } from '../key/record/select-version.js';
import { insertKeyInUse, type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { TableOwner } from '../testing/table-owner.js';
import { contextOf, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { FinalStates } from './final-states.js';
import { restoringsOf } from './restoring.js';

describe('the number of a version', () => {
  let database: WorkerDatabase;
  let owner: TableOwner;
  let trail: TestTrail;
  let worker: SealedWorker;
  let other: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    owner = new TableOwner(database);
    trail = new TestTrail(database);
    [worker, other] = [await startSealedWorker(database, trail), await startSealedWorker(database, trail)];
  });
  afterAll(async () => {
    for (const one of [worker, other]) await one.stop();
    await database.stop();
  });

  const next = (tenantId: string, keyId: string): Promise<number> =>
    worker.read(tenantId, async (manager) => {
      const newest = (await readKey(manager, tenantId, keyId)).at(-1)?.version ?? 0;
      return nextNumber(manager, KeyVersionRecord, { tenantId, keyId }, newest);
    });
  /** Makes a version as a rotation does. @returns its number */
  const rotate = async (tenantId: string, keyId: string): Promise<number> => {
    const version = await next(tenantId, keyId);
    await worker.change(tenantId, (manager) =>
      manager.insert(KeyVersionRecord, {
        tenantId,
        keyId,
        version,
        state: 'ACTIVE',
        custody: 'token',
        partition: 'default',
        tokenLabel: 'label',
        tokenSerial: 'serial',
        objectId: randomBytes(16),
      }),
    );
    await trail.seal();
    return version;
  };
  /** Restores the table from a backup, and brings the tenant up to date. */
  const restore = async (tenantId: string, backup: string): Promise<void> => {
    await owner.run(`DELETE FROM key_version WHERE tenant_id = '${tenantId}'`);
    await owner.run(`INSERT INTO key_version SELECT * FROM ${backup} WHERE tenant_id = '${tenantId}'`);
    for (const { history } of [worker, other]) history.setBehind(new Map([[tenantId, 1]]));
    const restorings = restoringsOf(new FinalStates());
    await worker.change(tenantId, (manager) =>
      restoreRecords(manager, contextOf(tenantId), trail.headsOf(tenantId), restorings),
    );
    for (const { history } of [worker, other]) history.setBehind(new Map());
    await trail.seal();
  };

  it.each([
    { before: 0, lost: [1] },
    { before: 0, lost: [3] },
    { before: 2, lost: [1, 1] },
    { before: 1, lost: [2, 0, 3] },
  ])('is never given again: after $before rotations, restores lose $lost of them', async ({ before, lost }) => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await worker.change(tenantId, (manager) => insertKeyInUse(manager, tenantId, keyId));
    await trail.seal();
    const given = [1];
    for (let count = 0; count < before; count++) given.push(await rotate(tenantId, keyId));
    const held = [...given];
    for (const [turn, count] of lost.entries()) {
      const backup = `backup_${tenantId.slice(0, 8)}_${turn}`;
      await owner.run(`CREATE TABLE ${backup} AS TABLE key_version`);
      for (let index = 0; index < count; index++) given.push(await rotate(tenantId, keyId));
      await restore(tenantId, backup);
      given.push(await rotate(tenantId, keyId));
      held.push(given.at(-1) as number);
    }
    expect(given).toEqual(given.map((_, index) => index + 1));
    for (const one of [worker, other])
      await one.read(tenantId, async (manager) => {
        const numbers = (rows: readonly KeyVersionRecord[]) => rows.map(({ version }) => version);
        expect(numbers(await readKey(manager, tenantId, keyId))).toEqual(held);
        expect(numbers(await allVersions(manager, tenantId, keyId))).toEqual(held);
        const listed = await readVersions(manager, tenantId, keyId, { before: null, limit: 100 });
        expect(numbers(listed)).toEqual(held.toReversed());
        expect((await readVersion(manager, tenantId, keyId, null))?.version).toBe(held.at(-1));
      });
  });

  it('that is missing between others is missed if the trail knows nothing of a loss', async () => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await worker.change(tenantId, (manager) => insertKeyInUse(manager, tenantId, keyId));
    await trail.seal();
    await rotate(tenantId, keyId);
    await rotate(tenantId, keyId);
    await owner.attack('key_version', [`DELETE FROM key_version WHERE version = 2`], async () => {
      for (const one of [worker, other])
        await expect(one.read(tenantId, (manager) => readKey(manager, tenantId, keyId))).rejects.toMatchObject({
          code: 'record-outdated',
        });
    });
  });
});
