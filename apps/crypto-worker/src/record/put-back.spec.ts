import { randomUUID } from 'node:crypto';
import { changeRecord, removeRecord } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyAliasRecord } from '../key/record/key-alias.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { insertKeyInUse, type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';

const tenantId = randomUUID();
const [compromised, failed, named] = [randomUUID(), randomUUID(), randomUUID()];

describe('a row that is put back before the trail hears of its change', () => {
  let database: WorkerDatabase;
  let trail: TestTrail;
  let worker: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    trail = new TestTrail(database);
    worker = await startSealedWorker(database, trail);
    await worker.change(tenantId, async (manager) => {
      for (const keyId of [compromised, failed, named]) await insertKeyInUse(manager, tenantId, keyId);
      await manager.insert(KeyAliasRecord, { tenantId, name: 'orders', keyId: named });
    });
    await trail.seal();
  });
  afterAll(async () => {
    await worker.stop();
    await database.stop();
  });

  const versionOf = (manager: EntityManager, keyId: string) =>
    manager.findOneByOrFail(KeyVersionRecord, { tenantId, keyId, version: 1 });
  const stateOf = (keyId: string) =>
    worker.read(tenantId, (manager) => versionOf(manager, keyId)).then(({ state }) => state);
  const compromise = async (manager: EntityManager, keyId: string) =>
    changeRecord(manager, await versionOf(manager, keyId), { state: 'COMPROMISED' });
  const keep = (table: string, where: string) =>
    database.superuser.query(`CREATE TABLE kept AS SELECT * FROM ${table} WHERE ${where}`);
  const putBack = (table: string, where: string) =>
    database.superuser.query(
      `DELETE FROM ${table} WHERE ${where}; INSERT INTO ${table} SELECT * FROM kept; DROP TABLE kept`,
    );

  it('does not count for the process that changed it', async () => {
    const where = `key_id = '${compromised}'`;
    await keep('key_version', where);
    await worker.change(tenantId, (manager) => compromise(manager, compromised));
    expect(await stateOf(compromised)).toBe('COMPROMISED');
    await putBack('key_version', where);
    for (let tries = 0; tries < 2; tries++)
      await expect(stateOf(compromised)).rejects.toMatchObject({ code: 'record-outdated' });
  });

  it('does not count for the process that deleted it', async () => {
    const where = `name = 'orders'`;
    const alias = (manager: EntityManager) => manager.findOneByOrFail(KeyAliasRecord, { tenantId, name: 'orders' });
    await keep('key_alias', where);
    await worker.change(tenantId, async (manager) => removeRecord(manager, await alias(manager)));
    await putBack('key_alias', where);
    await expect(worker.read(tenantId, alias)).rejects.toMatchObject({ code: 'record-outdated' });
  });

  it('counts if its change was rolled back', async () => {
    const undone = worker.change(tenantId, async (manager) => {
      await compromise(manager, failed);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await stateOf(failed)).toBe('ACTIVE');
  });
});
