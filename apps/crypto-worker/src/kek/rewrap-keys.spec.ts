import { randomBytes, randomUUID } from 'node:crypto';
import { initialPolicy } from '@ankasecure/policy-rules';
import type { BusClient } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KeyStore } from '../key/key-store.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { contextOf, ownClock, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { FakeToken, kekWorker, type Place } from './kek-worker.fixture.js';
import { ReadKek } from './read-kek.js';

/** A trail that names no record. */
const emptyTrail = { request: async () => ({ heads: [], complete: true }) } as unknown as BusClient;

describe('the rotation of a KEK', () => {
  let database: WorkerDatabase;
  let outcomes: GroupCommit;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    database = await startWorkerDatabase();
    outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  afterAll(async () => {
    await outcomes.close();
    await database.stop();
  });

  const worker = (place: Place, token: FakeToken, horizon?: string) => {
    const started = kekWorker(place, token, horizon);
    stops.push(started.stop);
    return started;
  };

  /** A tenant with `count` wrapped keys, on a partition of its own. */
  const prepare = async (count: number) => {
    const [tenantId, partition] = [randomUUID(), `p-${randomUUID().slice(0, 8)}`];
    const own = await database.as(partition);
    const place: Place = { ...own, partition, bus: emptyTrail, outcomes };
    const { platformKeys } = worker(place, new FakeToken());
    await platformKeys.provision(contextOf(tenantId));
    await database.superuser.query('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 1, $2)', [
      tenantId,
      JSON.stringify(initialPolicy),
    ]);
    await platformKeys.wrapping(contextOf(tenantId), randomUUID(), 1);
    await database.superuser.query(
      `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by)
       SELECT $1, gen_random_uuid(), n::text, 'AES-256', 'encrypt', '{dir}', 't' FROM generate_series(1, $2) n`,
      [tenantId, count],
    );
    await database.superuser.query(
      `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id, wrapped_blob, wrapped_mac, kek_generation)
       SELECT tenant_id, id, 1, 'ACTIVE', 'wrapped', $2, 't', 's', decode(md5(id::text), 'hex'), 'under 1', $3, 1 FROM key WHERE tenant_id = $1`,
      [tenantId, partition, randomBytes(32)],
    );
    const read = () => new ReadKek(place.dataSource).get({ tenantId });
    const oldKek = (await platformKeys.find(tenantId, 'kek', 1)).objectId.toString('hex');
    return { tenantId, place, read, oldKek };
  };
  const versions = (tenantId: string) =>
    database.superuser.query<{ wrapped_blob: Buffer; revision: number }[]>(
      'SELECT wrapped_blob, revision FROM key_version WHERE tenant_id = $1',
      [tenantId],
    );
  const eventsOf = async (tenantId: string) =>
    (await database.events())
      .filter((event) => event.tenantId === tenantId && event.operation.startsWith('kek.'))
      .map(({ operation, keyId, failureCode, details }) => ({ operation, keyId, failureCode, details }));

  it('is continued by another worker when one dies, and ends when the old KEK is retired', async () => {
    const { tenantId, place, read } = await prepare(120);
    const [first, second] = [new FakeToken(), new FakeToken()];
    const begun = await worker(place, first).rotator.rotate(contextOf(tenantId));
    expect(begun).toMatchObject({ generation: 2, state: 'rotating', total: 120, done: 0 });
    first.answers = 70;
    const dying = worker(place, first);
    dying.rewrapper.onApplicationBootstrap();
    await expect.poll(async () => (await read()).done).toBe(70);
    await dying.stop();
    expect(await read()).toMatchObject({ state: 'rotating', total: 120, done: 70, finishedAt: null });
    expect(first.destroyed).toEqual([]);

    worker(place, second).rewrapper.onApplicationBootstrap();
    await expect.poll(async () => (await read()).state).toBe('idle');
    const kek = await read();
    expect(kek).toMatchObject({ generation: 2, total: 120, done: 120, retired: [{ generation: 1 }] });
    const [retired] = kek.retired;
    expect(Date.parse(retired?.destroyAt ?? '') - Date.parse(retired?.retiredAt ?? '')).toBe(35 * 86_400_000);
    expect(second.rewrapped).toBe(50);
    expect(second.destroyed).toEqual([]);
    const after = await versions(tenantId);
    expect(after.every(({ wrapped_blob: blob, revision }) => blob.toString() === 'under 2' && revision === 2)).toBe(
      true,
    );
    expect(await eventsOf(tenantId)).toMatchObject([
      { operation: 'kek.create', details: { generation: '1' } },
      { operation: 'kek.rotate', details: { generation: '2' } },
      { operation: 'kek.retire', details: { generation: '1', replacedBy: '2', rewrapped: '120' } },
    ]);
  });

  it('begins once, however many workers are asked at the same time', async () => {
    const { tenantId, place } = await prepare(3);
    const asked = await Promise.all(
      Array.from({ length: 4 }, () => worker(place, new FakeToken()).rotator.rotate(contextOf(tenantId))),
    );
    expect(asked).toMatchObject(Array.from({ length: 4 }, () => ({ generation: 2 })));
    const begun = await database.superuser.query<unknown[]>(
      'SELECT generation FROM kek_rotation WHERE tenant_id = $1',
      [tenantId],
    );
    expect(begun).toEqual([{ generation: 2 }]);
    // Each call is on record, also those that joined the rotation.
    expect((await eventsOf(tenantId)).filter(({ operation }) => operation === 'kek.rotate')).toHaveLength(4);
  });

  /** A rotation that one key blocks, tried more than once. */
  const stuck = async () => {
    const { tenantId, place, read } = await prepare(5);
    const token = new FakeToken();
    const [one] = await database.superuser.query<{ key_id: string }[]>(
      'SELECT key_id FROM key_version WHERE tenant_id = $1 LIMIT 1',
      [tenantId],
    );
    const keyId = one?.key_id as string;
    let tries = 0;
    token.refuses = ({ wrapped }) => wrapped?.wrapping.keyId === keyId && ++tries > 0;
    const { rotator, rewrapper } = worker(place, token);
    await rotator.rotate(contextOf(tenantId));
    rewrapper.onApplicationBootstrap();
    await expect.poll(async () => (await read()).done).toBe(4);
    await expect.poll(() => tries).toBeGreaterThan(1);
    const failures = [{ keyId, version: 1, code: 'key-blob-refused' }];
    expect(await read()).toMatchObject({ state: 'rotating', done: 4, failed: 1, failures });
    expect(token.destroyed).toEqual([]);
    expect((await eventsOf(tenantId)).filter(({ operation }) => operation === 'kek.rewrap')).toEqual([
      {
        operation: 'kek.rewrap',
        keyId,
        failureCode: 'key-blob-refused',
        details: { version: '1', generation: '1', replacedBy: '2', startedBy: 'tester' },
      },
    ]);
    return { keyId, tenantId, read, token };
  };

  it('keeps the old KEK while a key needs it, names the key, and ends when the key can be rewrapped', async () => {
    const { token, read } = await stuck();
    token.refuses = () => false;
    await expect.poll(async () => (await read()).state).toBe('idle');
    expect(await read()).toMatchObject({ done: 5, failed: 0, failures: [] });
    expect((await read()).retired).toMatchObject([{ generation: 1 }]);
  });

  it('ends when the key that could not be rewrapped is destroyed', async () => {
    const { tenantId, keyId, read } = await stuck();
    await database.superuser.query(
      `UPDATE key_version SET state = 'DESTROYED', wrapped_blob = NULL, wrapped_mac = NULL, kek_generation = NULL
       WHERE tenant_id = $1 AND key_id = $2`,
      [tenantId, keyId],
    );
    await expect.poll(async () => (await read()).state).toBe('idle');
    expect(await read()).toMatchObject({ failed: 0, failures: [] });
    expect((await read()).retired).toMatchObject([{ generation: 1 }]);
  });

  it('names no key if the HSM did not answer', async () => {
    const { tenantId, place, read } = await prepare(5);
    const token = new FakeToken();
    token.answers = 2;
    const { rotator, rewrapper } = worker(place, token);
    await rotator.rotate(contextOf(tenantId));
    rewrapper.onApplicationBootstrap();
    await expect.poll(async () => (await read()).done).toBe(2);
    expect(await read()).toMatchObject({ state: 'rotating', failed: 0, failures: [] });
    expect((await eventsOf(tenantId)).map(({ operation }) => operation)).toEqual(['kek.create', 'kek.rotate']);
  });

  /** A rotation that has ended, on a worker that keeps no backups for longer than a second. */
  const rotated = async () => {
    const { tenantId, place, read, oldKek } = await prepare(1);
    const token = new FakeToken();
    const one = worker(place, token, 'PT1S');
    await one.rotator.rotate(contextOf(tenantId));
    one.rewrapper.onApplicationBootstrap();
    await expect.poll(async () => (await read()).state).toBe('idle');
    return { tenantId, place, read, oldKek, token, one };
  };

  it('destroys a retired KEK when the horizon of backups has passed, and no other', async () => {
    const { tenantId, read, oldKek, token, one } = await rotated();
    one.sweeper.onApplicationBootstrap();
    await expect.poll(async () => (await read()).retired).toEqual([]);
    expect(new Set(token.destroyed)).toEqual(new Set([oldKek]));
    const operations = (await eventsOf(tenantId)).map(
      ({ operation, details }) => `${operation} ${details?.['generation']}`,
    );
    expect(operations.slice(-2)).toEqual(['kek.retire 1', 'kek.destroy 1']);
  });

  it('keeps a retired KEK that a key from a backup needs, and the next rotation recovers that key', async () => {
    const { tenantId, place, read, token, one } = await rotated();
    await database.superuser.query(
      `UPDATE key_version SET wrapped_blob = 'under 1', kek_generation = 1, record_revision = record_revision + 1
       WHERE tenant_id = $1`,
      [tenantId],
    );
    await database.superuser.query(
      `UPDATE platform_key SET destroy_at = now() - interval '1 hour', record_revision = record_revision + 1
       WHERE tenant_id = $1 AND destroy_at IS NOT NULL`,
      [tenantId],
    );
    const [{ key_id: keyId } = { key_id: '' }] = await database.superuser.query<{ key_id: string }[]>(
      'SELECT key_id FROM key_version WHERE tenant_id = $1',
      [tenantId],
    );
    const { ref } = await new KeyStore(place.dataSource).find(tenantId, keyId, null);
    expect(ref.wrapped?.wrapping).toMatchObject({ kekGeneration: 1, kekRetired: true });
    await one.stop();
    const other = worker(place, token, 'PT1S');
    other.sweeper.onApplicationBootstrap();
    await other.rotator.rotate(contextOf(tenantId));
    expect(await read()).toMatchObject({ generation: 3, done: 0, retired: [{ generation: 1 }] });
    other.rewrapper.onApplicationBootstrap();
    await expect.poll(async () => (await read()).retired).toEqual([]);
    expect((await versions(tenantId))[0]?.wrapped_blob.toString()).toBe('under 3');
  });

  it('is not finished by a worker that dies while it destroys a retired KEK, but by the reconciler', async () => {
    const { tenantId, place, read, oldKek, token, one } = await rotated();
    Object.assign(token, { destroy: () => new Promise(() => undefined) });
    one.sweeper.onApplicationBootstrap();
    await expect
      .poll(() => database.superuser.query(`SELECT 1 FROM intent WHERE tenant_id = $1`, [tenantId]))
      .toHaveLength(1);
    await database.superuser.query(`UPDATE intent SET lease = 0 WHERE tenant_id = $1`, [tenantId]);
    stops.splice(stops.indexOf(one.stop), 1);
    await one.rewrapper.onApplicationShutdown();

    const other = new FakeToken();
    await worker(place, other).reconciler.start();
    await expect.poll(async () => (await read()).retired).toEqual([]);
    expect(other.destroyed).toContain(oldKek);
  });
});
