import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { initialPolicy } from '@ankasecure/policy-rules';
import { Clock, clockOf, withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Custody } from '../../custody/custody.js';
import { KeyStore } from '../../key/key-store.js';
import { Lease } from '../../lease/lease.js';
import { KeyRoom } from '../../making/key-room.js';
import { VersionMaker } from '../../making/make-version.js';
import { RotateKey } from '../../making/rotate-key.js';
import { GroupCommit } from '../../outcome/group-commit.js';
import { KeyMakingRunner } from '../../outcome/key-making.js';
import { EnforcedPolicies } from '../../policy/enforced-policy.js';
import { Quotas } from '../../quota/quotas.js';
import { objectMakerOn } from '../../testing/object-maker.js';
import {
  contextOf,
  insertKey,
  ownClock,
  partitionNamed,
  silent,
  startWorkerDatabase,
  uncertified,
  type WorkerDatabase,
} from '../../testing/worker-database.js';
import { DueRotations } from './due-rotation.js';
import { RotateDue } from './rotate-due.js';

/** A token that only remembers its objects. */
class ObjectsOnly {
  readonly kind = 'token';
  readonly token = { label: 't', serial: 's' };
  readonly objects = new Set<string>();
  healthy = () => true;
  known = () => ({ algs: ['ES256'], outsideSteps: [] });
  capability = async () => this.known();
  uri = () => 'pkcs11:';
  async generate(_: unknown, { ref }: { ref: { objectId: Uint8Array } }) {
    await delay(30);
    this.objects.add(Buffer.from(ref.objectId).toString('hex'));
    return { spki: null };
  }
  async destroy(_: unknown, __: unknown, objectId: Uint8Array) {
    return Number(this.objects.delete(Buffer.from(objectId).toString('hex')));
  }
}

let database: WorkerDatabase;
let token: ObjectsOnly;
const tenantId = randomUUID();
/** A key of each test's own. */
let keyId: string;
beforeAll(async () => {
  database = await startWorkerDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  token = new ObjectsOnly();
  const { superuser } = database;
  await superuser.query('TRUNCATE outbox, intent, key, tenant_policy CASCADE');
  await superuser.query('INSERT INTO tenant_policy VALUES ($1, 1, $2)', [tenantId, JSON.stringify(initialPolicy)]);
  keyId = randomUUID();
  await insertKey(superuser, tenantId, keyId);
});

const worker = (alone = true, clock = ownClock) => {
  const { dataSource, outbox } = database;
  const custody = token as unknown as Custody;
  const lease = new Lease(database.config, silent);
  if (!alone) Object.assign(lease, { alone: async (_: string, work: () => Promise<void>) => (await work(), true) });
  const outcomes = new GroupCommit(database.config, outbox, clock, silent);
  const maker = objectMakerOn(database, custody, lease, clock);
  const makings = new KeyMakingRunner(new EnforcedPolicies(dataSource, clock, uncertified), outcomes, clock);
  const room = new KeyRoom(dataSource, new Quotas({ tenants: [] }));
  const versions = new VersionMaker(partitionNamed('default'), custody, maker, undefined as never, room);
  const rotator = new RotateKey(dataSource, custody, new KeyStore(dataSource), makings, versions);
  const scheduler = new RotateDue(
    new DueRotations(dataSource, partitionNamed('default'), outbox),
    custody,
    lease,
    rotator,
    silent,
  );
  const stop = async (): Promise<void> => {
    await scheduler.onApplicationShutdown();
    await outcomes.close();
    await lease.release();
  };
  return { scheduler, rotator, stop };
};
const due = (seconds: number, ago: number) =>
  database.superuser.query(
    `INSERT INTO rotation_policy (tenant_id, key_id, interval, interval_seconds, next_at, set_by)
     VALUES ($1, $2, 'PT1S', $3, now() - $4 * interval '1 second', 'x')`,
    [tenantId, keyId, seconds, ago],
  );
const become = (state: string, dates = {}): Promise<unknown> => {
  const { activateAt = null, deactivateAt = null }: { activateAt?: string | null; deactivateAt?: string | null } =
    dates;
  return database.superuser.query(
    'UPDATE key_version SET state = $1, activate_at = $2, deactivate_at = $3, record_revision = record_revision + 1',
    [state, activateAt, deactivateAt],
  );
};
const versions = async (): Promise<string[]> => {
  const rows = await database.superuser.query<{ state: string }[]>('SELECT state FROM key_version ORDER BY version');
  return rows.map(({ state }) => state);
};

describe('a rotation that is due', () => {
  it.each([
    ['when they take turns', true],
    ['when all of them make an object for it', false],
  ])('happens once with four workers, %s', async (_, alone) => {
    await due(86_400, 1);
    const workers = Array.from({ length: 4 }, () => worker(alone));
    for (const { scheduler } of workers) scheduler.onApplicationBootstrap();
    await expect.poll(async () => (await versions()).length).toBe(2);
    await delay(1200);
    await Promise.all(workers.map(({ stop }) => stop()));
    expect(await versions()).toEqual(['DEACTIVATED', 'ACTIVE']);
    expect(token.objects.size).toBe(1);
    const events = await database.events();
    expect(events.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual(['key.rotate success']);
    expect(await database.superuser.query('SELECT 1 FROM intent')).toEqual([]);
  });

  it('happens once for all missed dates, and the next date keeps the interval', async () => {
    await due(1000, 2500);
    const nextAt = async (): Promise<number> => {
      const [row] = await database.superuser.query<{ next_at: Date }[]>('SELECT next_at FROM rotation_policy');
      return row?.next_at.getTime() ?? 0;
    };
    const missed = await nextAt();
    const workers = [worker(), worker()];
    for (const { scheduler } of workers) scheduler.onApplicationBootstrap();
    await expect.poll(async () => (await versions()).length).toBe(2);
    await delay(1200);
    await Promise.all(workers.map(({ stop }) => stop()));
    expect(await versions()).toEqual(['DEACTIVATED', 'ACTIVE']);
    expect((await nextAt()) - missed).toBe(3_000_000);
  });

  it.each([
    ['SUSPENDED', {}],
    ['PRE_ACTIVE', { activateAt: '2999-01-01T00:00:00.000Z' }],
    ['DEACTIVATED', {}],
    ['ACTIVE', { deactivateAt: '2020-01-01T00:00:00.000Z' }],
    ['COMPROMISED', {}],
    ['DESTROY_SCHEDULED', {}],
    ['DESTROYED', {}],
  ])('waits while the key is not active: %s %j', async (state, dates) => {
    const found = () => database.dataSource.query<unknown[]>(`SELECT * FROM due_rotations('default', now())`);
    await due(1, 60);
    expect(await found()).toHaveLength(1);
    await become(state, dates);
    expect(await found()).toEqual([]);
  });

  it('happens by the sealed policy although the database does not list it, and not before its date', async () => {
    const { scheduler, stop } = worker();
    const carryOut = async (): Promise<void> => {
      const [row] = await database.superuser.query<{ next_at: Date }[]>('SELECT next_at FROM rotation_policy');
      await scheduler.carryOut({ tenantId, keyId, nextAt: row?.next_at ?? expect.fail() });
    };
    await due(86_400, -3_600);
    await carryOut();
    expect(await versions()).toEqual(['ACTIVE']);
    await database.superuser.query(`UPDATE rotation_policy SET next_at = now() - interval '1 hour'`);
    await carryOut();
    expect(await versions()).toEqual(['DEACTIVATED', 'ACTIVE']);
    await stop();
  });

  it('never happens for a deactivated key, and is not reported', async () => {
    await due(1, 60);
    await become('DEACTIVATED');
    const { scheduler, stop } = worker();
    scheduler.onApplicationBootstrap();
    await delay(1600);
    await stop();
    expect(await versions()).toEqual(['DEACTIVATED']);
    expect(await database.events()).toEqual([]);
  });

  it.each([100, -100])('is found by the database’s clock if the worker’s date is %i days ahead', async (days) => {
    const found = new DueRotations(database.dataSource, partitionNamed('default'), database.outbox);
    await due(86_400, -3_600);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
    try {
      expect(await found.list()).toEqual([]);
      await database.superuser.query(
        `UPDATE rotation_policy SET next_at = now() - interval '1 second', record_revision = record_revision + 1`,
      );
      expect(await found.list()).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not happen before the date of the record, whatever the database’s owner lists as due', async () => {
    const { superuser, dataSource, outbox } = database;
    await due(86_400, -3_600);
    await superuser.query('ALTER FUNCTION due_rotations RENAME TO honest_rotations');
    await superuser.query(
      `CREATE FUNCTION due_rotations(text, timestamptz) RETURNS TABLE (tenant_id uuid, key_id uuid, next_at timestamptz)
       LANGUAGE sql SECURITY DEFINER AS $$ SELECT p.tenant_id, p.key_id, p.next_at FROM rotation_policy p $$`,
    );
    const found = new DueRotations(dataSource, partitionNamed('default'), outbox);
    const { rotator, stop } = worker();
    try {
      const [one] = await found.list();
      const { turn } = one ?? expect.fail();
      const took = (open: 'isOpen' | 'take') => withTenant(dataSource, tenantId, turn[open]);
      expect([await took('isOpen'), await took('take')]).toEqual([false, false]);
      await rotator.rotate(contextOf(tenantId), { id: keyId, trigger: 'schedule', turn });
      await found.skip({ tenantId, keyId, turn });
      expect(await versions()).toEqual(['ACTIVE']);
      expect(await database.events()).toEqual([]);
      await superuser.query(`UPDATE rotation_policy SET next_at = next_at - interval '2 hours'`);
      const [come] = await found.list();
      expect(await withTenant(dataSource, tenantId, (come ?? expect.fail()).turn.isOpen)).toBe(true);
    } finally {
      await stop();
      await superuser.query('DROP FUNCTION due_rotations');
      await superuser.query('ALTER FUNCTION honest_rotations RENAME TO due_rotations');
    }
  });

  it('is neither done nor skipped while the clocks disagree, and is done afterwards', async () => {
    await due(86_400, 1);
    const clock = new Clock({ maximumSkewMs: 2_000 });
    const { scheduler, stop } = worker(true, clock);
    const { refusals } = clockOf(database.dataSource);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 100 * 86_400_000 });
    try {
      await clock.read(database.dataSource.manager);
      scheduler.onApplicationBootstrap();
      await expect.poll(() => clockOf(database.dataSource).refusals).toBeGreaterThan(refusals);
      expect(await versions()).toEqual(['ACTIVE']);
    } finally {
      vi.useRealTimers();
    }
    await expect.poll(async () => (await versions()).length).toBe(2);
    await stop();
  });

  it('does not replace a version that stopped being active since it was found due, and reports nothing', async () => {
    const { rotator, stop } = worker();
    await become('DEACTIVATED');
    const turn = { isOpen: async () => true, take: async () => true };
    await rotator.rotate(contextOf(tenantId), { id: keyId, trigger: 'schedule', turn });
    const following = rotator.rotate(contextOf(tenantId), { id: keyId, trigger: 'uses', expectedVersion: 1 });
    await expect(following).rejects.toMatchObject({ code: 'key-state' });
    expect(await versions()).toEqual(['DEACTIVATED']);
    expect((await database.events()).map(({ details }) => details?.['trigger'])).toEqual(['uses']);
    await stop();
  });
});

describe('in a database whose owner lists rotations as due', () => {
  const nowhere = randomUUID();
  beforeEach(async () => {
    await database.superuser.query('ALTER FUNCTION due_rotations RENAME TO honest_rotations');
    return async () => {
      await database.superuser.query('DROP FUNCTION due_rotations');
      await database.superuser.query('ALTER FUNCTION honest_rotations RENAME TO due_rotations');
    };
  });

  it.each([
    ['a key that does not exist', () => nowhere, 0],
    ['a key without a rotation policy', () => keyId, 0],
    ['a key whose date has not come', () => keyId, 1000],
  ])('nothing is done, and nothing put on record, about %s', async (_, keyListed, inSeconds) => {
    if (inSeconds > 0) await due(86_400, -inSeconds);
    await become('ACTIVE');
    await database.superuser.query(
      `CREATE FUNCTION due_rotations(text, timestamptz) RETURNS TABLE (tenant_id uuid, key_id uuid, next_at timestamptz)
       LANGUAGE sql SECURITY DEFINER AS $$ SELECT '${tenantId}'::uuid, '${keyListed()}'::uuid,
         coalesce((SELECT next_at FROM rotation_policy LIMIT 1), now()) $$`,
    );
    const one = worker();
    const list = vi.spyOn(DueRotations.prototype, 'list');
    one.scheduler.onApplicationBootstrap();
    await expect.poll(() => list.mock.calls.length).toBeGreaterThan(2);
    await one.stop();
    list.mockRestore();
    expect(await database.events()).toEqual([]);
    expect(await versions()).toEqual(['ACTIVE']);
  });
});
