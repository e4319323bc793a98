import { randomUUID } from 'node:crypto';
import { changeRecord, removeRecord } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { KeyStore } from '../key/key-store.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { RotationPolicyRecord } from '../key/record/rotation-policy.entity.js';
import { readVersion } from '../key/record/select-version.js';
import type { EnforcedPolicies } from '../policy/enforced-policy.js';
import { TenantCaches } from '../restore/tenant-caches.js';
import { insertKeyInUse, type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { TableOwner } from '../testing/table-owner.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';

const [tenantId, keyId] = [randomUUID(), randomUUID()];

describe('a record of another worker', () => {
  let database: WorkerDatabase;
  let owner: TableOwner;
  let trail: TestTrail;
  let writer: SealedWorker;
  let reader: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    owner = new TableOwner(database);
    trail = new TestTrail(database);
    [writer, reader] = [await startSealedWorker(database, trail), await startSealedWorker(database, trail)];
    await writer.change(tenantId, async (manager) => {
      await insertKeyInUse(manager, tenantId, keyId);
    });
    await trail.seal();
  });
  afterAll(async () => {
    for (const worker of [writer, reader]) await worker.stop();
    await database.stop();
  });

  const policyOf = (worker: SealedWorker) =>
    worker.read(tenantId, async (manager) => (await readVersion(manager, tenantId, keyId, null))?.rotationPolicy);
  const setPolicy = (worker: SealedWorker): Promise<unknown> =>
    worker.change(tenantId, (manager) =>
      manager.insert(RotationPolicyRecord, {
        tenantId,
        keyId: keyId,
        interval: null,
        intervalSeconds: null,
        nextAt: null,
        maxUses: 7,
        setBy: 'alice',
      }),
    );
  const removePolicy = (worker: SealedWorker): Promise<void> =>
    worker.change(tenantId, async (manager) => {
      const row = await manager.findOneByOrFail(RotationPolicyRecord, { tenantId, keyId: keyId });
      await removeRecord(manager, row);
    });

  it('that was deleted on record is missing rightly, also before the trail has heard of it', async () => {
    await setPolicy(writer);
    await trail.seal();
    expect(await policyOf(reader)).toMatchObject({ maxUses: 7 });
    await removePolicy(writer);
    expect(await policyOf(writer)).toBeNull();
    const asked = trail.asked();
    const reading = policyOf(reader);
    await asked;
    await trail.seal();
    expect(await reading).toBeNull();
    await setPolicy(writer);
    await trail.seal();
    expect(await policyOf(reader)).toMatchObject({ maxUses: 7 });
    await owner.attack('rotation_policy', ['DELETE FROM rotation_policy'], async () => {
      for (const worker of [writer, reader])
        await expect(policyOf(worker)).rejects.toMatchObject({ code: 'record-outdated' });
    });
  });

  it('that waits too long for its deletion to be sealed is asked for again later', async () => {
    await removePolicy(writer);
    await expect(policyOf(reader)).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
    await trail.seal();
    expect(await policyOf(reader)).toBeNull();
  });

  it('in a cache is dropped when the trail holds a later form, and its old form does not come back', async () => {
    const keys = new KeyStore(reader.dataSource);
    const custody = { forgetUnwrapped: () => undefined } as unknown as Custody;
    const caches = new TenantCaches(keys, {} as EnforcedPolicies, custody, reader.history);
    expect(caches).toBeDefined();
    const state = async () => (await keys.find(tenantId, keyId, null)).state;
    expect(await state()).toBe('ACTIVE');
    await owner.run('CREATE TABLE aged AS TABLE key_version');
    await writer.change(tenantId, async (manager) => {
      const row = await manager.findOneByOrFail(KeyVersionRecord, { tenantId, keyId: keyId });
      await changeRecord(manager, row, { state: 'COMPROMISED', revision: row.revision + 1 });
    });
    await trail.seal();
    // Nothing that the database's owner may have replaced tells this worker.
    expect(await state()).toBe('ACTIVE');
    await owner.attack(
      'key_version',
      ['DELETE FROM key_version', 'INSERT INTO key_version SELECT * FROM aged'],
      async () => {
        await reader.history.compareAgain(new Set([tenantId]));
        await expect(state()).rejects.toMatchObject({ code: 'record-outdated' });
      },
    );
    expect(await state()).toBe('COMPROMISED');
    await owner.run('DROP TABLE aged');
  });
});
