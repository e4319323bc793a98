import { randomBytes, randomUUID } from 'node:crypto';
import { type KeyState, keyStates, type RecordHead } from '@ankasecure/contracts';
import { restoreRecords } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { contextOf, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { FinalStates } from './final-states.js';
import { restoringsOf } from './restoring.js';

/** Revisions of changes: after those of the versions, and before. */
const [later, earlier] = [(Date.now() + 30_000_000) * 1000, 1];

describe('a restored key version', () => {
  let database: WorkerDatabase;
  let worker: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    worker = await startSealedWorker(database, new TestTrail(database));
  });
  afterAll(async () => {
    await worker.stop();
    await database.stop();
  });

  const versionIn = async (tenantId: string, keyId: string, state: KeyState): Promise<void> => {
    const soon = new Date(Date.now() + 1_000);
    await worker.change(tenantId, async (manager) => {
      const key = { label: 'k', algorithm: 'EC-P256', purpose: 'sign', algs: ['ES256'], createdBy: 'alice' } as const;
      await manager.insert(KeyRecord, { ...key, tenantId, id: keyId, algs: ['ES256'] });
      await manager.insert(KeyVersionRecord, {
        tenantId,
        keyId,
        version: 1,
        state,
        custody: 'token',
        partition: 'default',
        tokenLabel: 'label',
        tokenSerial: 'serial',
        objectId: randomBytes(16),
        ...(state === 'DESTROY_SCHEDULED' && { destroyAt: soon, destroyWaitingDays: 7, destroyScheduledBy: 'alice' }),
      });
    });
  };
  const headOf = (keyId: string, state: string | null, revision: number): RecordHead => ({
    kind: 'key_version',
    id: `${keyId}/1`,
    seq: revision,
    revision,
    digest: 'A'.repeat(43),
    state,
  });

  /** Restores a version in the state `own` whose trail ends with `last` and names the `earlier` states. */
  const restore = (own: KeyState, last: KeyState, ...once: readonly KeyState[]) =>
    restoreAt([later, later - 10], own, last, ...once);
  /** @param revision of the last event @param first of the earlier ones, with which they begin */
  const restoreAt = async (
    [revision, first]: readonly [number, number],
    own: KeyState,
    last: KeyState,
    ...once: readonly KeyState[]
  ) => {
    const [tenantId, keyId] = [randomUUID(), randomUUID()];
    await versionIn(tenantId, keyId, own);
    const finals = new FinalStates();
    finals.add(once.map((state, index) => headOf(keyId, state, first + index)));
    const heads = [headOf(keyId, last, revision)];
    const context = contextOf(tenantId);
    const foreseen = await worker.read(tenantId, (manager) =>
      restoreRecords(manager, { ...context, dryRun: true }, heads, restoringsOf(finals)),
    );
    const told = await worker.change(tenantId, (manager) =>
      restoreRecords(manager, context, heads, restoringsOf(finals)),
    );
    expect(foreseen).toEqual(told);
    const row = await worker.read(tenantId, (manager) =>
      manager.findOneByOrFail(KeyVersionRecord, { tenantId, keyId }),
    );
    return { row, told: told[0] };
  };

  it.each(
    [later, earlier].flatMap((first) =>
      (['COMPROMISED', 'DESTROYED'] as const).map((state) => [state, first] as const),
    ),
  )('is %s if an event says so, although its head agrees with it, whatever its revision: %i', async (state, first) => {
    for (const own of ['ACTIVE', 'SUSPENDED', 'DEACTIVATED'] as const) {
      const { row, told } = await restoreAt([earlier, first], own, own, state);
      expect(row.state).toBe(state);
      expect(told).toMatchObject({ outcome: 'reapplied', state });
    }
    expect((await restoreAt([earlier, first], 'ACTIVE', 'ACTIVE')).told).toBeUndefined();
    expect((await restoreAt([earlier, earlier], state, state, state)).told).toBeUndefined();
  });

  const allows: readonly KeyState[] = ['PRE_ACTIVE', 'ACTIVE'];
  it.each(keyStates.filter((state) => state !== 'ACTIVE'))(
    'that is %s is not made ACTIVE by the trail, whoever wrote its last event',
    async (own) => {
      for (const last of allows) {
        const { row, told } = await restore(own, last);
        expect(row.state).toBe(own);
        expect(told).toMatchObject({ outcome: 'accepted', state: null });
      }
    },
  );

  it.each(['SUSPENDED', 'DEACTIVATED', 'COMPROMISED', 'DESTROYED'] as const)(
    'that is ACTIVE becomes %s',
    async (last) => {
      const { row, told } = await restore('ACTIVE', last);
      expect(row.state).toBe(last);
      expect(told).toMatchObject({ outcome: 'reapplied', state: last });
    },
  );

  it.each([
    ['COMPROMISED', 'ACTIVE', 'COMPROMISED'],
    ['COMPROMISED', 'SUSPENDED', 'COMPROMISED'],
    ['COMPROMISED', 'DESTROY_SCHEDULED', 'DESTROY_SCHEDULED'],
    ['DESTROYED', 'ACTIVE', 'DESTROYED'],
    ['DESTROYED', 'COMPROMISED', 'DESTROYED'],
  ] as const)('whose trail once said %s and ends with %s becomes %s', async (once, last, state) => {
    for (const own of ['ACTIVE', 'SUSPENDED'] as const) {
      const { row, told } = await restore(own, last, once);
      expect(row.state).toBe(state);
      expect(told).toMatchObject({ outcome: 'reapplied', state });
      if (once === 'COMPROMISED') expect(row.revocationReason).toBe('key-compromise');
    }
  });

  it('is scheduled for its destruction if its last change says so, although its head says that it is compromised', async () => {
    const once = ['COMPROMISED', 'DESTROY_SCHEDULED'] as const;
    const { row, told } = await restoreAt([later, later - 1], 'ACTIVE', 'COMPROMISED', ...once);
    expect(told).toMatchObject({ outcome: 'reapplied', state: 'DESTROY_SCHEDULED' });
    expect(row).toMatchObject({
      state: 'DESTROY_SCHEDULED',
      revocationReason: 'key-compromise',
      destroyWaitingDays: 30,
    });
  });

  it('stays scheduled for its destruction and gets the full waiting period again', async () => {
    const { row, told } = await restore('DESTROY_SCHEDULED', 'SUSPENDED');
    expect(told).toMatchObject({ outcome: 'accepted' });
    expect(row).toMatchObject({ state: 'DESTROY_SCHEDULED', destroyWaitingDays: 30 });
    expect(row.destroyAt?.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  });
});
