import { randomUUID } from 'node:crypto';
import { AnkaError, readHighestRevision } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertKeyInUse, type SealedWorker, startSealedWorker, TestTrail } from '../../testing/sealed-worker.js';
import { startWorkerDatabase, type WorkerDatabase } from '../../testing/worker-database.js';
import { lockKey, outdateKey, outdateVersions, reviseKey } from './lock-key.js';
import { holdFence } from './tenant-fence.sql.js';

const hourUs = 3_600_000_000;

describe('the fence of a tenant whose revisions are ahead of the clock', () => {
  let database: WorkerDatabase;
  let trail: TestTrail;
  let worker: SealedWorker;
  let [tenantId, keyId] = ['', ''];
  /** Whether the tenant's outcomes could be committed while the trail was asked, each time. */
  let isFree: boolean[] = [];
  let isAway = false;

  beforeAll(async () => {
    database = await startWorkerDatabase();
    trail = new TestTrail(database);
    const { request } = trail.bus;
    trail.bus.request = async (contract, ...rest) => {
      if ((contract as object) === readHighestRevision) {
        isFree.push(await isShareable());
        if (isAway) throw new AnkaError('service-unavailable');
      }
      return request(contract, ...rest);
    };
    worker = await startSealedWorker(database, trail);
  });
  afterAll(async () => {
    await worker.stop();
    await database.stop();
  });
  const isShareable = async (): Promise<boolean> => {
    const [row] = await database.superuser.query<{ free: boolean }[]>(
      'SELECT pg_try_advisory_lock_shared(fence_of($1)) AS free',
      [tenantId],
    );
    if (row?.free === true)
      await database.superuser.query('SELECT pg_advisory_unlock_shared(fence_of($1))', [tenantId]);
    return row?.free === true;
  };

  beforeEach(async () => {
    [tenantId, keyId, isFree, isAway] = [randomUUID(), randomUUID(), [], false];
    await worker.change(tenantId, (manager) => insertKeyInUse(manager, tenantId, keyId));
    await trail.seal();
    worker.history.revisions.learn(tenantId, [{ revision: Date.now() * 1000 + hourUs }]);
  });

  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    'of a key': () =>
      worker.change(tenantId, async (manager) => {
        await lockKey(manager, { tenantId }, keyId);
        await reviseKey(manager, tenantId, keyId);
      }),
    'of a key and its versions': () =>
      worker.change(tenantId, async (manager) => {
        await lockKey(manager, { tenantId }, keyId);
        await outdateVersions(manager, tenantId, keyId);
        await outdateKey(manager, tenantId, keyId);
        await reviseKey(manager, tenantId, keyId);
      }),
    'of a new key': () =>
      worker.change(tenantId, async (manager) => {
        await holdFence(manager, tenantId);
        await insertKeyInUse(manager, tenantId, randomUUID());
      }),
  };

  it.each(Object.keys(changes))(
    'lets outcomes be committed while the trail is asked before a change %s',
    async (name) => {
      await changes[name]?.();
      expect(isFree).toEqual([true]);
    },
  );

  it.each(Object.keys(changes))(
    'is not held while nobody answers about a change %s, which is refused',
    async (name) => {
      isAway = true;
      await expect(changes[name]?.()).rejects.toMatchObject({ code: 'audit-unavailable', retryable: true });
      expect(isFree).toEqual([true]);
      isAway = false;
      await changes[name]?.();
      expect(isFree).toEqual([true, true]);
    },
  );
});
