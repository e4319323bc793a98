import { randomUUID } from 'node:crypto';
import { AnkaError, auditEvent } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Custody, StillRunning } from '../custody/custody.js';
import { ownerOfKey } from '../custody/object-owner.js';
import { Lease } from '../lease/lease.js';
import { ObjectDestroyer } from '../object/destroy-object.js';
import { Intents } from '../object/intent.js';
import { ObjectMaker } from '../object/make-object.js';
import {
  contextOf,
  ownClock,
  partitionNamed,
  silent,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { Reconciler } from './reconcile.js';

/** A token that only remembers its objects and can fail on request, which a real token cannot. */
class ObjectsOnly {
  readonly objects = new Set<string>();
  failing = false;
  refusing = '';
  well = true;
  /** Destructions wait for this promise. */
  gate: Promise<void> = Promise.resolve();
  healthy(): boolean {
    return this.well;
  }
  async destroy(_: unknown, __: unknown, objectId: Uint8Array): Promise<number> {
    await this.gate;
    if (this.failing || this.refusing === Buffer.from(objectId).toString('hex')) throw new Error('token away');
    return this.objects.delete(Buffer.from(objectId).toString('hex')) ? 1 : 0;
  }
}

describe('an intent', () => {
  let database: WorkerDatabase;
  let token: ObjectsOnly;
  let tenantId: string;

  const worker = (dataSource = database.dataSource) => {
    const lease = new Lease(database.config, silent);
    const intents = new Intents(dataSource, partitionNamed('default'), lease, ownClock);
    const custody = token as unknown as Custody;
    const destroyer = new ObjectDestroyer(database.dataSource, custody, intents, database.outbox);
    const reconciler = new Reconciler(custody, intents, lease, destroyer, silent);
    return {
      lease,
      intents,
      reconciler,
      maker: new ObjectMaker(database.dataSource, custody, intents, database.outbox, silent),
    };
  };
  const owner = () => ownerOfKey({ tenantId, keyId: randomUUID(), version: 1 });
  const event = () =>
    auditEvent(contextOf(tenantId), {
      operation: 'key.create',
      keyId: randomUUID(),
      algorithm: 'EC-P256',
    });
  const round = async ({ reconciler }: ReturnType<typeof worker>) => {
    await reconciler.start();
    await reconciler.stop();
  };
  const reconcileOnce = async (one: ReturnType<typeof worker>) => {
    await round(one);
    await one.lease.release();
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

  it('of a dead worker is ended by destroying its object, and sealed as unknown', async () => {
    const dead = worker();
    const { objectId } = await dead.intents.begin(contextOf(tenantId), owner(), event());
    token.objects.add(Buffer.from(objectId).toString('hex'));
    await dead.lease.release();
    await reconcileOnce(worker());
    expect(token.objects.size).toBe(0);
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([
      { outcome: 'unknown', failureCode: 'worker-lost', details: { objectsDestroyed: '1' } },
    ]);
  });

  it('is not touched while its worker lives', async () => {
    const living = worker();
    const { objectId } = await living.intents.begin(contextOf(tenantId), owner(), event());
    token.objects.add(Buffer.from(objectId).toString('hex'));
    await reconcileOnce(worker());
    expect(token.objects.size).toBe(1);
    expect(await intentsLeft()).toHaveLength(1);
    await living.lease.release();
  });

  it('stays open while the HSM is away, and is sealed once', async () => {
    const dead = worker();
    await dead.intents.begin(contextOf(tenantId), owner(), event());
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

  it('does not wait for an intent whose event cannot be read', async () => {
    const dead = worker();
    const damaged = await dead.intents.begin(contextOf(tenantId), owner(), event());
    await database.superuser.query("UPDATE intent SET event = 'not JSON'");
    await dead.intents.begin(contextOf(tenantId), owner(), event());
    await dead.lease.release();
    await reconcileOnce(worker());
    expect(await intentsLeft()).toMatchObject([{ object_id: damaged.objectId, lease: '0' }]);
    expect(await database.events()).toHaveLength(1);
  });

  it.each(['the worker that had claimed it', 'another worker'])(
    'is given back if it cannot be ended, and is then ended by %s',
    async (who) => {
      const dead = worker();
      await dead.intents.begin(contextOf(tenantId), owner(), event());
      await dead.lease.release();
      const [claimant, other] = [worker(), worker()];
      token.failing = true;
      await round(claimant);
      token.failing = false;
      await round(who === 'another worker' ? other : claimant);
      expect(await intentsLeft()).toEqual([]);
      expect(await database.events()).toHaveLength(1);
      await Promise.all([claimant, other].map(({ lease }) => lease.release()));
    },
  );

  it('waits while the HSM is not healthy', async () => {
    const dead = worker();
    await dead.intents.begin(contextOf(tenantId), owner(), event());
    const before = await intentsLeft();
    await dead.lease.release();
    token.well = false;
    await reconcileOnce(worker());
    expect(await intentsLeft()).toEqual(before);
    token.well = true;
    await reconcileOnce(worker());
    expect(await intentsLeft()).toEqual([]);
  });

  it("delays a worker's start by a few seconds at most", async () => {
    const dead = worker();
    for (let object = 0; object < 3; object++) await dead.intents.begin(contextOf(tenantId), owner(), event());
    await dead.lease.release();
    const gate = Promise.withResolvers<void>();
    token.gate = gate.promise;
    const { reconciler, lease } = worker();
    await reconciler.start(100);
    expect(await intentsLeft()).toHaveLength(3);
    gate.resolve();
    await expect.poll(intentsLeft).toEqual([]);
    await reconciler.stop();
    await lease.release();
  });

  it('is also ended by its own worker once that has given it up', async () => {
    const own = worker();
    const intent = await own.intents.begin(contextOf(tenantId), owner(), event());
    await round(own);
    expect(await intentsLeft()).toHaveLength(1);
    own.intents.letGo(intent);
    await round(own);
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([{ outcome: 'unknown' }]);
    await own.lease.release();
  });

  it('is ended by its own worker if its commit succeeded and the commit’s answer was lost', async () => {
    const { dataSource } = database;
    let lost = 0;
    const lossy = Object.assign(Object.create(dataSource) as typeof dataSource, {
      transaction: async (work: (manager: EntityManager) => Promise<unknown>): Promise<unknown> => {
        const result = await dataSource.transaction(work);
        if (lost++ === 0) throw new Error('Connection terminated unexpectedly');
        return result;
      },
    });
    const own = worker(lossy);
    const making = own.maker.make(contextOf(tenantId), {
      owner: owner(),
      event: event(),
      make: () => Promise.reject(new Error('never called')),
      record: async () => true,
    });
    await expect(making).rejects.toThrow('Connection terminated');
    expect(await intentsLeft()).toHaveLength(1);
    await round(own);
    expect(await intentsLeft()).toEqual([]);
    await own.lease.release();
  });

  it('ends with the record: intent, outcome and record are one commit', async () => {
    const { maker, lease } = worker();
    await maker.make(contextOf(tenantId), {
      owner: owner(),
      event: event(),
      make: async (objectId) => void token.objects.add(Buffer.from(objectId).toString('hex')),
      record: async () => true,
    });
    expect(token.objects.size).toBe(1);
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([{ outcome: 'success' }]);
    await lease.release();
  });

  it('whose record cannot be written ends with its object destroyed and the failure reported', async () => {
    const { maker, lease } = worker();
    const making = maker.make(contextOf(tenantId), {
      owner: owner(),
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

  it.each([
    ['holds is reported', true, ['failure hsm-error']],
    ['no longer holds is not reported, and the decision is made again', false, []],
  ])('a failure whose fence %s', async (_, held, events) => {
    const { maker, lease } = worker();
    const making = maker.make(contextOf(tenantId), {
      owner: owner(),
      event: event(),
      make: async (objectId) => {
        token.objects.add(Buffer.from(objectId).toString('hex'));
        throw new AnkaError('hsm-error');
      },
      record: async () => true,
      report: async (manager, happened) => {
        if (held) await database.outbox.write(manager, [happened]);
        return held;
      },
    });
    if (held) await expect(making).rejects.toMatchObject({ code: 'hsm-error' });
    else await expect(making).resolves.toBeUndefined();
    const told = (await database.events()).map(({ outcome, failureCode }) => `${outcome} ${failureCode}`);
    expect(told).toEqual(events);
    expect(token.objects.size).toBe(0);
    expect(await intentsLeft()).toEqual([]);
    await lease.release();
  });

  const recordFor = async (objectId: Uint8Array): Promise<void> => {
    await database.superuser.query(
      `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
       VALUES ($1, 'kek', 1, 'default', 't', 's', $2)`,
      [tenantId, objectId],
    );
  };

  it('keeps an object whose commit succeeded although the commit’s answer was lost', async () => {
    const { maker, lease } = worker();
    const making = maker.make(contextOf(tenantId), {
      owner: owner(),
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

  it('destroys its own object if its worker was taken for dead meanwhile, and reports nothing twice', async () => {
    const { maker, lease } = worker();
    const making = maker.make(contextOf(tenantId), {
      owner: owner(),
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

  it('stays open while a call that timed out continues in the HSM, and then destroys the object', async () => {
    const own = worker();
    const { maker, lease } = own;
    const hsm = Promise.withResolvers<void>();
    let late = '';
    const making = maker.make(contextOf(tenantId), {
      owner: owner(),
      event: event(),
      make: (objectId) => {
        late = Buffer.from(objectId).toString('hex');
        return Promise.reject(new AnkaError('hsm-timeout', undefined, { cause: new StillRunning(hsm.promise) }));
      },
      record: async () => true,
    });
    await expect(making).rejects.toMatchObject({ code: 'hsm-timeout' });
    await round(own);
    expect(await intentsLeft()).toHaveLength(1);
    expect(await database.events()).toEqual([]);
    token.objects.add(late);
    hsm.resolve();
    await expect.poll(() => database.events()).toMatchObject([{ outcome: 'failure', failureCode: 'hsm-timeout' }]);
    expect(token.objects.size).toBe(0);
    expect(await intentsLeft()).toEqual([]);
    await lease.release();
  });

  it('that cannot be ended does not delay the others', async () => {
    const dead = worker();
    const { objectId: stubborn } = await dead.intents.begin(contextOf(tenantId), owner(), event());
    await dead.intents.begin(contextOf(tenantId), owner(), event());
    await dead.lease.release();
    token.refusing = Buffer.from(stubborn).toString('hex');
    await reconcileOnce(worker());
    expect(await intentsLeft()).toHaveLength(1);
    expect(await database.events()).toHaveLength(1);
  });
});
