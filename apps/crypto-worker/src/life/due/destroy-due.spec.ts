import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditEvent } from '@ankasecure/contracts';
import { Clock, clockOf, withTenant } from '@ankasecure/service-kit';
import { honest, type Mistake, mistaking } from '@ankasecure/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Custody } from '../../custody/custody.js';
import { ownerOfKey } from '../../custody/object-owner.js';
import type { StoredVersion } from '../../key/record/select-version.js';
import { Lease } from '../../lease/lease.js';
import { ObjectDestroyer } from '../../object/destroy-object.js';
import { Intents } from '../../object/intent.js';
import { partitionNamed, silent, startWorkerDatabase, type WorkerDatabase } from '../../testing/worker-database.js';
import { assertNotBegun } from '../destruction.js';
import type { Step } from '../plan-change.js';
import { Reconciler } from '../reconcile.js';
import { DestroyDue } from './destroy-due.js';
import { DueDestructions } from './due-destruction.js';
import { recordDestroyed } from './record-destroyed.js';

/** A token that holds one object, counts the calls to destroy it, and can fail or leave the object in place. */
class OneObject {
  there = 1;
  calls = 0;
  failing = false;
  stubborn = false;
  healthy(): boolean {
    return true;
  }
  async destroy(): Promise<number> {
    this.calls++;
    await delay(20);
    if (this.failing) throw new Error('token away');
    const value = this.there;
    if (!this.stubborn) this.there = 0;
    return value;
  }
}

let database: WorkerDatabase;
let token: OneObject;
let tenantId: string;
beforeAll(async () => {
  database = await startWorkerDatabase();
});
afterAll(() => database.stop());

const [keyId, objectId] = [randomUUID(), randomBytes(16)];
beforeEach(async () => {
  token = new OneObject();
  tenantId = randomUUID();
  await database.superuser.query('TRUNCATE outbox, intent, key CASCADE');
  await database.superuser.query('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 1, $2)', [
    tenantId,
    '{}',
  ]);
  await database.superuser.query(
    `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'k', 'EC-P256', 'sign', '{ES256}', 'x')`,
    [tenantId, keyId],
  );
  await database.superuser.query(
    `INSERT INTO key_version (tenant_id, key_id, version, state, destroy_at, destroy_scheduled_by, custody, partition, token_label, token_serial, object_id)
     VALUES ($1, $2, 1, 'DESTROY_SCHEDULED', now(), 'alice', 'token', 'default', 't', 's', $3)`,
    [tenantId, keyId, objectId],
  );
});

const worker = () => {
  const lease = new Lease(database.config, silent);
  const intents = new Intents(
    database.dataSource,
    partitionNamed('default'),
    lease,
    new Clock({ maximumSkewMs: 2_000 }),
  );
  const custody = token as unknown as Custody;
  const destroyer = new ObjectDestroyer(database.dataSource, custody, intents, database.outbox);
  return {
    lease,
    intents,
    sweeper: new DestroyDue(
      new DueDestructions(database.dataSource, partitionNamed('default')),
      custody,
      destroyer,
      silent,
    ),
    reconciler: new Reconciler(custody, intents, lease, destroyer, silent),
  };
};
const stateNow = async (): Promise<string> => {
  const [row] = await database.superuser.query<{ state: string }[]>('SELECT state FROM key_version');
  return row?.state ?? '';
};
const intentsLeft = () => database.superuser.query<unknown[]>('SELECT * FROM intent');
const sweeping = async (workers: readonly ReturnType<typeof worker>[], until: () => Promise<boolean>) => {
  for (const { sweeper } of workers) sweeper.onApplicationBootstrap();
  await expect.poll(until).toBe(true);
  await Promise.all(workers.map(({ sweeper }) => sweeper.onApplicationShutdown()));
};

describe('a destruction that is due', () => {
  it('is carried out by one of many workers, and sealed once', async () => {
    const workers = Array.from({ length: 4 }, worker);
    await sweeping(workers, async () => (await stateNow()) === 'DESTROYED');
    expect(token).toMatchObject({ there: 0, calls: 2 });
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([
      { operation: 'key.destroy', outcome: 'success', keyId, details: { version: '1', scheduledBy: 'alice' } },
    ]);
    await Promise.all(workers.map(({ lease }) => lease.release()));
  });

  it('is finished by another worker if the first dies halfway', async () => {
    const dying = worker();
    token.failing = true;
    await sweeping([dying], async () => token.calls > 0 && (await intentsLeft()).length === 1);
    await dying.lease.release();
    token.failing = false;
    expect(await stateNow()).toBe('DESTROY_SCHEDULED');
    const heirs = [worker(), worker()];
    await Promise.all(heirs.map(({ reconciler }) => reconciler.start()));
    await Promise.all(heirs.map(({ reconciler }) => reconciler.stop()));
    expect(await stateNow()).toBe('DESTROYED');
    expect(await intentsLeft()).toEqual([]);
    expect(await database.events()).toMatchObject([{ operation: 'key.destroy', outcome: 'success' }]);
    await Promise.all(heirs.map(({ lease }) => lease.release()));
  });

  it('is put on record with its version, or not at all while the database hides it', async () => {
    const dying = worker();
    token.failing = true;
    await sweeping([dying], async () => token.calls > 0 && (await intentsLeft()).length === 1);
    await dying.lease.release();
    token.failing = false;
    for (const hidden of [`current_query() ~ '"object_id" ='`, `current_query() ~ 'key_version'`]) {
      await database.superuser.query(
        `CREATE POLICY hiding ON key_version AS RESTRICTIVE FOR SELECT USING (NOT (${hidden}))`,
      );
      const fooled = worker();
      await fooled.reconciler.start();
      await fooled.reconciler.stop();
      await fooled.lease.release();
      await database.superuser.query('DROP POLICY hiding ON key_version');
      expect(await database.events()).toEqual([]);
      expect(await stateNow()).toBe('DESTROY_SCHEDULED');
      expect(await intentsLeft()).toHaveLength(1);
    }
    const heir = worker();
    await heir.reconciler.start();
    await heir.reconciler.stop();
    await heir.lease.release();
    expect(await stateNow()).toBe('DESTROYED');
    expect(await database.events()).toMatchObject([{ operation: 'key.destroy', outcome: 'success' }]);
  });

  it('can be cancelled until it may begin, whatever the database says of its beginning', async () => {
    const steps = (destroyAt: Date): readonly Step[] => {
      const row = { tenantId, state: 'DESTROY_SCHEDULED', destroyAt, objectId } as unknown as StoredVersion;
      return [{ row } as Step];
    };
    const cancel = (destroyAt: Date) =>
      withTenant(database.dataSource, tenantId, (manager) => assertNotBegun(manager, steps(destroyAt), Date.now()));
    const [due, toCome] = [new Date(Date.now() - 1000), new Date(Date.now() + 3_600_000)];
    await expect(cancel(due)).rejects.toMatchObject({ code: 'key-state' });
    await cancel(toCome);
    await database.superuser.query('UPDATE tenant_policy SET disabled_at = now()');
    await cancel(due);
  });

  it('is carried out by its sealed record although the database does not list it, and not before its date', async () => {
    const one = worker();
    const due = { tenantId, keyId, version: 1, objectId };
    await database.superuser.query(`UPDATE key_version SET destroy_at = now() + interval '1 day'`);
    await one.sweeper.carryOut(due);
    expect([await stateNow(), token.calls]).toEqual(['DESTROY_SCHEDULED', 0]);
    await database.superuser.query(`UPDATE key_version SET destroy_at = now() - interval '1 day'`);
    await one.sweeper.carryOut(due);
    expect(await stateNow()).toBe('DESTROYED');
    await one.lease.release();
  });

  it('deletes the rotation policy of its key', async () => {
    await database.superuser.query(
      `INSERT INTO rotation_policy (tenant_id, key_id, max_uses, set_by) VALUES ($1, $2, 3, 'x')`,
      [tenantId, keyId],
    );
    const one = worker();
    await sweeping([one], async () => (await stateNow()) === 'DESTROYED');
    expect(await database.superuser.query('SELECT * FROM rotation_policy')).toEqual([]);
    expect(await database.events()).toMatchObject([{ details: { rotationPolicy: 'deleted' } }]);
    await one.lease.release();
  });

  it('is not recorded while the object can still be found', async () => {
    const one = worker();
    token.stubborn = true;
    await sweeping([one], async () => token.calls >= 2);
    expect(await stateNow()).toBe('DESTROY_SCHEDULED');
    expect(await database.events()).toEqual([]);
    await one.lease.release();
  });

  describe.each([40, -100])('with a worker whose date is %i days ahead', (days) => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
      return () => {
        vi.useRealTimers();
      };
    });

    it('is found when the database’s clock says so', async () => {
      const due = new DueDestructions(database.dataSource, partitionNamed('default'));
      expect(await due.list()).toHaveLength(1);
      await database.superuser.query(`UPDATE key_version SET destroy_at = now() + interval '30 days'`);
      expect(await due.list()).toEqual([]);
    });

    it('is not begun, since one of the two clocks is wrong', async () => {
      const { intents, lease } = worker();
      const begun = intents.beginDestroying(
        { owner: ownerOfKey({ tenantId, keyId, version: 1 }), objectId },
        async () => ({}) as AuditEvent,
      );
      await expect(begun).rejects.toMatchObject({ code: 'clock-skew' });
      expect(await intentsLeft()).toEqual([]);
      expect(token.calls).toBe(0);
      await lease.release();
    });
  });

  describe('in a database whose owner lists every destruction as due', () => {
    const setNow = (language: string): Promise<unknown> =>
      database.superuser.query(`CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE ${language}`);
    beforeEach(async () => {
      await database.superuser.query(`UPDATE key_version SET destroy_at = now() + interval '30 days'`);
      await database.superuser.query(`ALTER FUNCTION due_destructions RENAME TO honest_destructions`);
      await database.superuser.query(
        `CREATE FUNCTION due_destructions(text, timestamptz) RETURNS TABLE
           (tenant_id uuid, key_id uuid, version integer, algorithm text, object_id bytea, scheduled_by text)
         LANGUAGE sql SECURITY DEFINER AS $$ SELECT v.tenant_id, key_id, version, 'RSA-4096', object_id, 'mallory' FROM key_version v $$`,
      );
      return async () => {
        await setNow(`internal STABLE STRICT AS 'now'`);
        await database.superuser.query(`DROP FUNCTION due_destructions`);
        await database.superuser.query(`ALTER FUNCTION honest_destructions RENAME TO due_destructions`);
      };
    });

    it('does not happen before the date of the record', async () => {
      const due = new DueDestructions(database.dataSource, partitionNamed('default'));
      const [found] = await due.list();
      expect(found).toMatchObject({ keyId, version: 1 });
      const isDue = () =>
        withTenant(database.dataSource, tenantId, (manager) =>
          due.confirm(manager, found ?? expect.fail()).then((confirmed) => confirmed !== undefined),
        );
      expect(await isDue()).toBe(false);
      await database.superuser.query(`UPDATE key_version SET destroy_at = now() - interval '1 second'`);
      expect(await isDue()).toBe(true);
    });

    it('is sealed with the facts of the record, and not with those of the list', async () => {
      await database.superuser.query(`UPDATE key_version SET destroy_at = now() - interval '1 second'`);
      const one = worker();
      await sweeping([one], async () => (await stateNow()) === 'DESTROYED');
      expect(await database.events()).toMatchObject([
        { operation: 'key.destroy', keyId, algorithm: 'EC-P256', details: { version: '1', scheduledBy: 'alice' } },
      ]);
      await one.lease.release();
    });

    it('does not happen by a clock that the owner has put forward', async () => {
      await setNow(`sql AS $$ SELECT pg_catalog.clock_timestamp() + interval '40 days' $$`);
      const one = worker();
      const { refusals } = clockOf(database.dataSource);
      await sweeping([one], async () => clockOf(database.dataSource).refusals > refusals + 1);
      expect(await stateNow()).toBe('DESTROY_SCHEDULED');
      expect(token).toMatchObject({ there: 1, calls: 0 });
      expect(await intentsLeft()).toEqual([]);
      await one.lease.release();
    });
  });

  describe('in a database that shows one version in the place of another', () => {
    const inUse = { version: 2, objectId: randomBytes(16) };
    const bytes = (id: Buffer): string => `\\x${id.toString('hex')}`;
    const table = 'key_version';
    beforeEach(async () => {
      await database.superuser.query(
        `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id)
         VALUES ($1, $2, 2, 'ACTIVE', 'token', 'default', 't', 's', $3)`,
        [tenantId, keyId, inUse.objectId],
      );
    });
    const mistaken = async (mistakes: readonly Mistake[], work: () => Promise<void>): Promise<void> => {
      for (const mistake of mistakes) await database.superuser.query(mistaking(mistake));
      try {
        await work();
      } finally {
        for (const mistake of mistakes) await database.superuser.query(honest(mistake));
      }
    };

    it('does not begin for a version in use, where one that is due is shown', async () => {
      const due = new DueDestructions(database.dataSource, partitionNamed('default'));
      const hint = { tenantId, keyId, ...inUse };
      const isDue = () =>
        withTenant(database.dataSource, tenantId, (manager) =>
          due.confirm(manager, hint).then((confirmed) => confirmed !== undefined),
        );
      const mistakes: readonly Mistake[] = [
        { table, column: 'version', type: 'integer', asked: '2', told: '1' },
        { table, column: 'object_id', type: 'bytea', asked: bytes(inUse.objectId), told: bytes(objectId) },
      ];
      await mistaken(mistakes, async () => {
        await expect(isDue()).rejects.toMatchObject({ code: 'record-forged' });
      });
      expect(await isDue()).toBe(false);
    });

    it('is not recorded of another version', async () => {
      const [asked, told] = [bytes(inUse.objectId), bytes(objectId)];
      const mistake: Mistake = { table, column: 'object_id', type: 'bytea', asked, told };
      const owner = ownerOfKey({ tenantId, keyId, version: 2 });
      const intent = { tenantId, objectId: inUse.objectId, owner, lease: '1' };
      await mistaken([mistake], async () => {
        const recorded = withTenant(database.dataSource, tenantId, (manager) =>
          recordDestroyed(manager, intent, { keyId } as AuditEvent),
        );
        await expect(recorded).rejects.toMatchObject({ code: 'record-forged' });
      });
      expect(await database.superuser.query('SELECT state FROM key_version ORDER BY version')).toEqual([
        { state: 'DESTROY_SCHEDULED' },
        { state: 'ACTIVE' },
      ]);
    });
  });

  it.each([
    ['in a disabled tenant', 'UPDATE tenant_policy SET disabled_at = now()'],
    ['in a tenant whose record was deleted', 'DELETE FROM tenant_policy'],
  ])('does not happen %s', async (_, change) => {
    const due = new DueDestructions(database.dataSource, partitionNamed('default'));
    const [found] = await due.list();
    const isDue = () =>
      withTenant(database.dataSource, tenantId, (manager) =>
        due.confirm(manager, found ?? expect.fail()).then((confirmed) => confirmed !== undefined),
      );
    expect(await isDue()).toBe(true);
    await database.superuser.query(change);
    expect(await isDue()).toBe(false);
  });

  it('does not happen once it is cancelled', async () => {
    await database.superuser.query(`UPDATE key_version SET state = 'SUSPENDED', destroy_at = NULL`);
    const one = worker();
    one.sweeper.onApplicationBootstrap();
    await delay(2500);
    await one.sweeper.onApplicationShutdown();
    expect(token).toMatchObject({ there: 1, calls: 0 });
    await one.lease.release();
  });
});
