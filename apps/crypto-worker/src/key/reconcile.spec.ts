import { randomBytes, randomUUID } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Custody, StillRunning } from '../custody/custody.js';
import { eventOf } from '../outcome/event.js';
import { contextOf, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { Intents } from './intent.js';
import { Lease } from './lease.js';
import { ObjectMaker } from './make-object.js';
import { Reconciler } from './reconcile.js';

/** A token that only remembers which objects it holds, and can be told to fail: for what a real one does not do on demand. */
class ObjectsOnly {
  readonly objects = new Set<string>();
  failing = false;
  refusing = '';
  async destroy(_: unknown, objectId: Uint8Array): Promise<{ value: number; hsmMicros: number }> {
    if (this.failing || this.refusing === Buffer.from(objectId).toString('hex')) throw new Error('token away');
    return { value: this.objects.delete(Buffer.from(objectId).toString('hex')) ? 1 : 0, hsmMicros: 1 };
  }
}

describe('what dead workers began', () => {
  let database: WorkerDatabase;
  let token: ObjectsOnly;
  let tenantId: string;

  const worker = () => {
    const lease = new Lease(database.config, silent);
    const intents = new Intents(database.dataSource, 'default', lease);
    const custody = token as unknown as Custody;
    const reconciler = new Reconciler(database.dataSource, custody, intents, lease, database.outbox, silent);
    return {
      lease,
      intents,
      reconciler,
      maker: new ObjectMaker(database.dataSource, custody, intents, database.outbox, silent),
    };
  };
  const event = () =>
    eventOf(contextOf(tenantId), {
      operation: 'key.create',
      keyId: randomUUID(),
      algorithm: 'EC-P256',
      outcome: 'success',
      failureCode: null,
    });
  const reconcileOnce = async ({ reconciler, lease }: ReturnType<typeof worker>) => {
    await reconciler.start('default');
    await reconciler.stop();
    await lease.release();
  };
  const intentsLeft = () => database.superuser.query<unknown[]>('SELECT * FROM intent');

  beforeAll(async () => {
    database = await startWorkerDatabase();
  });
  afterAll(() => database.stop());
  beforeEach(async () => {
    token = new ObjectsOnly();
    tenantId = randomUUID();
    await database.superuser.query('DELETE FROM outbox');
    await database.superuser.query('DELETE FROM intent');
  });

  it('is destroyed in the HSM and sealed as unknown', async () => {
    const dead = worker();
    const objectId = randomBytes(16);
    await dead.intents.begin(contextOf(tenantId), objectId, event());
    token.objects.add(objectId.toString('hex'));
    await dead.lease.release();
    await reconcileOnce(worker());
    expect(token.objects.size).toBe(0);
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([
      { outcome: 'unknown', failureCode: 'worker-lost', details: { objectsDestroyed: '1' } },
    ]);
  });

  it('is left alone while its worker lives', async () => {
    const living = worker();
    const objectId = randomBytes(16);
    await living.intents.begin(contextOf(tenantId), objectId, event());
    token.objects.add(objectId.toString('hex'));
    await reconcileOnce(worker());
    expect(token.objects.size).toBe(1);
    expect(await intentsLeft()).toHaveLength(1);
    await living.lease.release();
  });

  it('stays an intent while the HSM is away, and is sealed once', async () => {
    const dead = worker();
    await dead.intents.begin(contextOf(tenantId), randomBytes(16), event());
    await dead.lease.release();
    token.failing = true;
    await reconcileOnce(worker());
    expect(await intentsLeft()).toHaveLength(1);
    expect(await database.events()).toEqual([]);
    token.failing = false;
    await Promise.all([reconcileOnce(worker()), reconcileOnce(worker())]);
    await reconcileOnce(worker());
    expect(await database.events()).toHaveLength(1);
  });

  it('ends with the record: intent, outcome and record are one commit', async () => {
    const { maker, lease } = worker();
    await maker.make(contextOf(tenantId), {
      event: event(),
      make: async (objectId) => void token.objects.add(Buffer.from(objectId).toString('hex')),
      record: async () => true,
    });
    expect(token.objects.size).toBe(1);
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([{ outcome: 'success' }]);
    await lease.release();
  });

  it('undoes an object whose record cannot be written, and reports the failure', async () => {
    const { maker, lease } = worker();
    const making = maker.make(contextOf(tenantId), {
      event: event(),
      make: async (objectId) => void token.objects.add(Buffer.from(objectId).toString('hex')),
      record: async () => Promise.reject(new Error('no')),
    });
    await expect(making).rejects.toMatchObject({ code: 'internal-error' });
    expect(token.objects.size).toBe(0);
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([{ outcome: 'failure', failureCode: 'internal-error' }]);
    await lease.release();
  });

  const recordFor = async (objectId: Uint8Array): Promise<void> => {
    await database.superuser.query(
      `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
       VALUES ($1, 'kek', 1, 'default', 't', 's', $2)`,
      [tenantId, objectId],
    );
  };

  it('keeps an object whose record was committed although the commit’s answer was lost', async () => {
    const { maker, lease } = worker();
    const making = maker.make(contextOf(tenantId), {
      event: event(),
      make: async (objectId) => void token.objects.add(Buffer.from(objectId).toString('hex')),
      record: async (manager, objectId) => {
        await manager.query('COMMIT');
        await recordFor(objectId);
        await manager.query('BEGIN');
        throw new Error('connection lost');
      },
    });
    await expect(making).rejects.toMatchObject({ code: 'hsm-unavailable' });
    expect(token.objects.size).toBe(1);
    await lease.release();
  });

  it('destroys what it made when it was taken for dead meanwhile, and reports nothing twice', async () => {
    const { maker, lease } = worker();
    const making = maker.make(contextOf(tenantId), {
      event: event(),
      make: async (objectId) => {
        await lease.release();
        await reconcileOnce(worker());
        token.objects.add(Buffer.from(objectId).toString('hex'));
      },
      record: async () => true,
    });
    await expect(making).rejects.toMatchObject({ code: 'hsm-unavailable' });
    expect(token.objects.size).toBe(0);
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([{ outcome: 'unknown', failureCode: 'worker-lost' }]);
  });

  it('keeps the intent while a call that timed out goes on in the HSM, and then destroys what it made', async () => {
    const { maker, lease } = worker();
    const hsm = Promise.withResolvers<void>();
    let late = '';
    const making = maker.make(contextOf(tenantId), {
      event: event(),
      make: (objectId) => {
        late = Buffer.from(objectId).toString('hex');
        return Promise.reject(new AnkaError('hsm-timeout', undefined, { cause: new StillRunning(hsm.promise) }));
      },
      record: async () => true,
    });
    await expect(making).rejects.toMatchObject({ code: 'hsm-timeout' });
    expect(await intentsLeft()).toHaveLength(1);
    expect(await database.events()).toEqual([]);
    token.objects.add(late);
    hsm.resolve();
    await expect.poll(() => database.events()).toMatchObject([{ outcome: 'failure', failureCode: 'hsm-timeout' }]);
    expect(token.objects.size).toBe(0);
    expect(await intentsLeft()).toEqual([]);
    await lease.release();
  });

  it('does not hold up the rest: one intent that cannot be ended leaves the others to be', async () => {
    const dead = worker();
    const stubborn = randomBytes(16);
    await dead.intents.begin(contextOf(tenantId), stubborn, event());
    await dead.intents.begin(contextOf(tenantId), randomBytes(16), event());
    await dead.lease.release();
    token.refusing = stubborn.toString('hex');
    await reconcileOnce(worker());
    expect(await intentsLeft()).toHaveLength(1);
    expect(await database.events()).toHaveLength(1);
  });
});
