import { randomUUID } from 'node:crypto';
import { changeRecord, Outbox, removeRecord } from '@ankasecure/service-kit';
import { testProof } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepRevision } from '../alias/key-alias.sql.js';
import { reviseKey } from '../key/lock/lock-key.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyAliasRecord, PastAliasRecord } from '../key/record/key-alias.entity.js';
import type { LostKeys } from '../platform-key/lost-key.js';
import { insertKeyInUse, type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { TableOwner } from '../testing/table-owner.js';
import { contextOf, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { RestoreRecords } from './restore-records.js';

const tables = ['key', 'key_alias', 'past_alias'] as const;
const name = 'invoices';

describe('the revision that If-Match names', () => {
  let database: WorkerDatabase;
  let owner: TableOwner;
  let trail: TestTrail;
  let worker: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    owner = new TableOwner(database);
    trail = new TestTrail(database);
    worker = await startSealedWorker(database, trail);
  });
  afterAll(async () => {
    await worker.stop();
    await database.stop();
  });

  const change = async (tenantId: string, work: Parameters<SealedWorker['change']>[1]): Promise<void> => {
    await worker.change(tenantId, work);
    await trail.seal();
  };
  const reviseKeys = (tenantId: string, keyId: string) =>
    change(tenantId, (manager) => reviseKey(manager, tenantId, keyId));
  const aliasOf = (tenantId: string) =>
    worker.read(tenantId, (manager) => manager.findOneBy(KeyAliasRecord, { tenantId, name }));
  const putAlias = (tenantId: string, keyId: string) =>
    change(tenantId, async (manager) => {
      const old = await manager.findOneBy(KeyAliasRecord, { tenantId, name });
      if (old !== null) return changeRecord(manager, old, { revision: old.revision + 1 });
      const past = await manager.findOneBy(PastAliasRecord, { tenantId });
      return manager.insert(KeyAliasRecord, { tenantId, name, keyId, revision: (past?.lastRevision ?? 0) + 1 });
    });
  const removeAlias = (tenantId: string) =>
    change(tenantId, async (manager) => {
      const old = await manager.findOneByOrFail(KeyAliasRecord, { tenantId, name });
      await removeRecord(manager, old);
      await manager.query(keepRevision, [tenantId, old.revision]);
    });
  const keyRevision = (tenantId: string) =>
    worker.read(tenantId, async (manager) => (await manager.findOneByOrFail(KeyRecord, { tenantId })).revision);

  const backUp = async (): Promise<void> => {
    for (const table of tables)
      await owner.run(`DROP TABLE IF EXISTS backup_${table}`, `CREATE TABLE backup_${table} AS TABLE ${table}`);
  };
  const restore = async (tenantId: string) => {
    for (const table of tables) {
      await owner.run(`DELETE FROM ${table} WHERE tenant_id = '${tenantId}'`);
      await owner.run(`INSERT INTO ${table} SELECT * FROM backup_${table} WHERE tenant_id = '${tenantId}'`);
    }
    worker.history.setBehind(new Map([[tenantId, 1]]));
    const lostKeys = { find: async () => [], record: async () => [] } as unknown as LostKeys;
    const outbox = new Outbox(testProof('crypto-worker'), worker.dataSource, undefined as never, silent);
    const records = new RestoreRecords(worker.dataSource, trail.bus, outbox, lostKeys);
    await records.restore(contextOf(tenantId));
    worker.history.setBehind(new Map());
    await trail.seal();
  };

  const lost = [0, 1, 2, 5].flatMap((changes) =>
    [false, true].flatMap((removed) => [false, true].map((held) => ({ changes, removed, held }))),
  );
  it.each(lost)(
    'is never one that another content had: $changes changes are lost, alias held by the backup: $held, removed since: $removed',
    async ({ changes, removed, held }) => {
      const [tenantId, keyId] = [randomUUID(), randomUUID()];
      await change(tenantId, (manager) => insertKeyInUse(manager, tenantId, keyId));
      if (held) await putAlias(tenantId, keyId);
      await backUp();
      const seen = { key: new Set<number>(), alias: new Set<number>() };
      await putAlias(tenantId, keyId);
      for (let count = 0; count < changes; count++) {
        await reviseKeys(tenantId, keyId);
        await putAlias(tenantId, keyId);
        seen.key.add(await keyRevision(tenantId));
        seen.alias.add((await aliasOf(tenantId))?.revision ?? 0);
      }
      if (removed) await removeAlias(tenantId);
      await restore(tenantId);
      expect(seen.key).not.toContain(await keyRevision(tenantId));
      await putAlias(tenantId, keyId);
      expect(seen.alias).not.toContain((await aliasOf(tenantId))?.revision);
      await reviseKeys(tenantId, keyId);
      expect(Math.max(0, ...seen.key)).toBeLessThan(await keyRevision(tenantId));
      expect(Math.max(0, ...seen.alias)).toBeLessThan((await aliasOf(tenantId))?.revision ?? 0);
    },
  );
});
