import { randomBytes, randomUUID } from 'node:crypto';
import { initialPolicy } from '@ankasecure/policy-rules';
import { changeRecord, restoreRecords } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { TableOwner } from '../testing/table-owner.js';
import { contextOf, ownClock, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { FakeToken, kekWorker } from './kek-worker.fixture.js';
import { ReadKek } from './read-kek.js';

const keyIds = [randomUUID(), randomUUID(), randomUUID()];
const [victim, last] = [keyIds[0] as string, keyIds[2] as string];
const ofVictim = `key_id = '${victim}'`;
const hidden = (from: string) => `CREATE POLICY hiding ON key_version AS RESTRICTIVE FOR SELECT USING (NOT (${from}))`;
/** Hides rows from the lists of blobs under older KEKs alone. */
const listed = `${ofVictim} AND current_query() ~ 'kek_generation.? *<'`;
const putBack = `INSERT INTO key_version SELECT * FROM kept WHERE ${ofVictim}`;
const unhide = 'DROP POLICY IF EXISTS hiding ON key_version';

/** A deed of the database's owner to one of the versions, and its undoing. */
interface Lie {
  readonly lie: readonly string[];
  readonly undo: readonly string[];
}
const newForm = [`DELETE FROM key_version WHERE ${ofVictim}`, 'INSERT INTO key_version SELECT * FROM taken'];
const lies: Readonly<Record<string, Lie>> = {
  'hidden from the lists': { lie: [hidden(listed)], undo: [] },
  'hidden from every query': { lie: [hidden(ofVictim)], undo: [] },
  deleted: {
    lie: [
      `CREATE TABLE taken AS SELECT * FROM key_version WHERE ${ofVictim}`,
      `DELETE FROM key_version WHERE ${ofVictim}`,
    ],
    undo: newForm,
  },
  'put back in its old form, and hidden from the lists': {
    lie: [
      `CREATE TABLE taken AS SELECT * FROM key_version WHERE ${ofVictim}`,
      `DELETE FROM key_version WHERE ${ofVictim}`,
      putBack,
      hidden(listed),
    ],
    undo: newForm,
  },
  'duplicated under another number in its old form': {
    lie: [
      `INSERT INTO key_version SELECT (jsonb_populate_record(k, '{"version": 2, "object_id": "${`\\\\x${randomBytes(16).toString('hex')}`}"}')).*
       FROM kept k WHERE ${ofVictim}`,
    ],
    undo: [`DELETE FROM key_version WHERE ${ofVictim} AND version = 2`],
  },
};

/** Those that are lies once the version is under the new KEK, of which the lists show none. */
const wronging = Object.entries(lies).filter(([, { lie }]) => lie[0] !== hidden(listed));

describe('a wrapped key that the database leaves out', () => {
  let database: WorkerDatabase;
  let owner: TableOwner;
  let outcomes: GroupCommit;
  let trail: TestTrail;
  let tenantId = '';
  let token = new FakeToken();
  let sealed: SealedWorker;
  let worker: ReturnType<typeof kekWorker>;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    owner = new TableOwner(database);
    outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
  });
  afterAll(async () => {
    await outcomes.close();
    await database.stop();
  });

  beforeEach(async () => {
    await owner.run('TRUNCATE outbox, intent, key, key_version, platform_key, kek_rotation, tenant_policy CASCADE');
    [trail, tenantId, token] = [new TestTrail(database), randomUUID(), new FakeToken()];
    sealed = await startSealedWorker(database, trail, database.dataSource);
    const { dataSource, outbox } = sealed;
    const place = {
      dataSource,
      outbox,
      bus: trail.bus,
      config: database.config,
      partition: 'default',
      outcomes,
    };
    worker = kekWorker(place, token, 'PT1S');
    await worker.platformKeys.provision(contextOf(tenantId));
    await worker.platformKeys.wrapping(contextOf(tenantId), randomUUID(), 1);
    await sealed.change(tenantId, async (manager) => {
      const policy = { tenantId, revision: 1, document: initialPolicy };
      await manager.insert('tenant_policy', policy);
      for (const keyId of keyIds) {
        const key = { label: keyId, algorithm: 'AES-256', purpose: 'encrypt', createdBy: 'alice' } as const;
        await manager.insert(KeyRecord, { ...key, tenantId, id: keyId, algs: ['dir'] });
        await manager.insert(KeyVersionRecord, {
          ...{ tenantId, keyId, version: 1, state: 'ACTIVE', custody: 'wrapped', kekGeneration: 1 },
          ...{ partition: 'default', tokenLabel: 't', tokenSerial: 's', objectId: randomBytes(16) },
          ...{ wrappedBlob: Buffer.from('under 1'), wrappedMac: randomBytes(32) },
        });
      }
    });
    await trail.seal();
    await database.superuser.query('CREATE TABLE kept AS TABLE key_version');
  });
  afterEach(async () => {
    await worker.stop();
    await sealed.stop();
    await database.superuser.query(unhide);
    await database.superuser.query('DROP TABLE IF EXISTS kept, taken');
  });

  const read = () => new ReadKek(sealed.dataSource).get({ tenantId });
  /** Seals what waits. @returns all events of the tenant */
  const events = async () => (await trail.seal()).filter((event) => event.tenantId === tenantId);
  const operations = async (operation: string) => (await events()).filter((event) => event.operation === operation);

  /** A rotation that only the last of the keys holds up. */
  const rotateAllButLast = async () => {
    token.refuses = ({ wrapped }) => wrapped?.wrapping.keyId === last;
    await worker.rotator.rotate(contextOf(tenantId));
    await events();
    worker.rewrapper.onApplicationBootstrap();
    await expect.poll(async () => (await read()).done).toBe(2);
    await expect.poll(async () => (await operations('kek.rewrap')).length).toBe(1);
  };
  const whole = { state: 'idle', total: 3, done: 3, failed: 0, retired: [{ generation: 1 }] };
  const ends = async () => {
    await expect.poll(async () => [await events(), (await read()).state].at(-1)).toBe('idle');
    expect(await read()).toMatchObject(whole);
    const retired = await operations('kek.retire');
    expect(retired).toMatchObject([{ details: { generation: '1', replacedBy: '2', rewrapped: '3' } }]);
  };

  it('is rewrapped before its KEK is retired if nothing is left out', async () => {
    await worker.rotator.rotate(contextOf(tenantId));
    await events();
    worker.rewrapper.onApplicationBootstrap();
    await ends();
    expect(await operations('record.reject')).toEqual([]);
  });

  it.each(Object.entries(lies).filter(([name]) => !name.includes('old form')))(
    'keeps the rotation open, with the alarm, if it is %s from before the rotation',
    async (_, { lie, undo }) => {
      await owner.run(...lie);
      await worker.rotator.rotate(contextOf(tenantId));
      worker.rewrapper.onApplicationBootstrap();
      await expect.poll(async () => (await operations('record.reject')).length).toBe(1);
      expect(await read()).toMatchObject({ state: 'rotating', done: 2, retired: [] });
      expect(await operations('kek.retire')).toEqual([]);
      await owner.run(unhide, ...undo);
      // The rotation began with as many as the database told.
      await expect.poll(async () => [await events(), (await read()).state].at(-1)).toBe('idle');
      expect(await operations('kek.retire')).toMatchObject([{ details: { rewrapped: '3' } }]);
    },
  );

  it.each(wronging)('keeps the rotation open if it is %s after it was rewrapped', async (_, { lie, undo }) => {
    await rotateAllButLast();
    await owner.run(...lie);
    token.refuses = () => false;
    const isStill = async () => {
      await events();
      const { state, done, failed } = await read();
      return { state, done, told: failed + (await operations('record.reject')).length > 0 };
    };
    await expect.poll(() => token.rewrapped).toBe(3);
    if (lie.length === 1 && lie[0] === hidden(listed)) return ends();
    await expect.poll(isStill).toMatchObject({ state: 'rotating', told: true });
    expect(await operations('kek.retire')).toEqual([]);
    await owner.run(unhide, ...undo);
    await ends();
  });

  it('is wrapped by no KEK whose number another one had that a restore has lost', async () => {
    await owner.run('CREATE TABLE taken AS TABLE platform_key');
    await worker.rotator.rotate(contextOf(tenantId));
    await events();
    await owner.run(
      'DELETE FROM platform_key',
      'INSERT INTO platform_key SELECT * FROM taken',
      'DELETE FROM kek_rotation',
    );
    sealed.history.setBehind(new Map([[tenantId, 1]]));
    await sealed.change(tenantId, (manager) =>
      restoreRecords(manager, contextOf(tenantId), trail.headsOf(tenantId), {}),
    );
    sealed.history.setBehind(new Map());
    await events();
    expect(await read()).toMatchObject({ generation: 1, state: 'idle' });
    expect(await worker.rotator.rotate(contextOf(tenantId))).toMatchObject({ generation: 3, state: 'rotating' });
  });

  describe('whose KEK is due for destruction', () => {
    const retire = async () => {
      await worker.rotator.rotate(contextOf(tenantId));
      await events();
      worker.rewrapper.onApplicationBootstrap();
      await ends();
      await worker.rewrapper.onApplicationShutdown();
    };

    it.each(wronging)('keeps that KEK in the token while it is %s', async (name, { lie, undo }) => {
      await retire();
      await owner.run(...lie);
      worker.sweeper.onApplicationBootstrap();
      // A row under the KEK that the database shows keeps it without an alarm.
      if (!name.startsWith('duplicated'))
        await expect.poll(async () => (await operations('record.reject')).length).toBe(1);
      expect(token.destroyed).toEqual([]);
      await owner.run(unhide, ...undo);
      await expect.poll(() => token.destroyed.length).toBeGreaterThan(0);
    });

    it('keeps that KEK while it is under it again, as after a restore, and hidden from the lists', async () => {
      await retire();
      await sealed.change(tenantId, async (manager) => {
        const row = await manager.findOneByOrFail(KeyVersionRecord, { tenantId, keyId: victim, version: 1 });
        await changeRecord(manager, row, { wrappedBlob: Buffer.from('under 1'), kekGeneration: 1 });
      });
      await events();
      await owner.run(hidden(listed));
      worker.sweeper.onApplicationBootstrap();
      await expect.poll(async () => (await operations('record.reject')).length).toBe(1);
      expect(token.destroyed).toEqual([]);
    });
  });
});
