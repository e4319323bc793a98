import { randomBytes } from 'node:crypto';
import type { AnkaError } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { changeRecord, decidingOf, isTracked, type Sealed } from '@ankasecure/service-kit';
import type { EntityManager, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertGranted } from '../access/grant.js';
import { readKek } from '../kek/read-kek.js';
import { KeyStore } from '../key/key-store.js';
import { enabledTenant } from '../key/lock/enabled-tenant.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { readVersion, readVersions } from '../key/record/select-version.js';
import { enforceNewer } from '../policy-change/enforce-newer.js';
import { schema } from '../schema.js';
import { type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { TableOwner } from '../testing/table-owner.js';
import { contextOf, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { keyId, records, tenantId } from './every-record.fixture.js';

const place = { partition: 'default', tokenLabel: 'label', tokenSerial: 'serial' };
const version = (ofKey: string, number: number): object => ({
  ...place,
  tenantId,
  keyId: ofKey,
  version: number,
  state: 'ACTIVE',
  custody: 'token',
  objectId: randomBytes(16),
});

/** Records that the matrix needs beside the one of each table. */
const more: readonly (readonly [entity: new () => object, row: object])[] = [
  [KeyVersionRecord, version(keyId, 2)],
  ...[1, 2].map((generation) => {
    const kek = { ...place, tenantId, kind: 'kek', generation, objectId: randomBytes(16) };
    return [PlatformKeyRecord, kek] as const;
  }),
];

type Reading = (manager: EntityManager) => Promise<unknown>;

const current: Reading = (manager) => readVersion(manager, tenantId, keyId, null);
const ofBob = { ...contextOf(tenantId), principal: 'bob', roles: ['user' as const] };

/** What is deleted of a table, who reads it, and what it is answered with: a code, or null for nothing. */
interface Absence {
  readonly where: string;
  readonly read: Reading;
  readonly answer: string | null;
}

const absences: Readonly<Record<string, readonly Absence[]>> = {
  key: [{ where: 'true', read: current, answer: null }],
  key_version: [
    { where: 'version = 2', read: current, answer: 'record-outdated' },
    {
      where: 'version = 2',
      read: (manager) => readVersions(manager, tenantId, keyId, { before: null, limit: 10 }),
      answer: 'record-outdated',
    },
    { where: 'version = 1', read: (manager) => readVersion(manager, tenantId, keyId, 1), answer: null },
  ],
  key_alias: [
    {
      where: 'true',
      read: ({ dataSource }) => new KeyStore(dataSource).meant(tenantId, { alias: 'alias' }),
      answer: 'alias-not-found',
    },
  ],
  former_kid: [
    {
      where: 'true',
      read: ({ dataSource }) =>
        new KeyStore(dataSource).meant(tenantId, { formerKid: 'of another house', version: null }),
      answer: 'key-not-found',
    },
  ],
  key_grant: [
    {
      where: 'true',
      read: (manager) => assertGranted(manager, ofBob, 'view', keyId),
      answer: 'key-access-denied',
    },
  ],
  rotation_policy: [{ where: 'true', read: current, answer: 'record-outdated' }],
  tenant_policy: [
    { where: 'true', read: (manager) => enabledTenant(manager, tenantId), answer: 'record-outdated' },
    {
      where: 'true',
      read: (manager) => enforceNewer(manager, tenantId, { revision: 1, document: initialPolicy, disabled: false }),
      answer: 'record-outdated',
    },
  ],
  platform_key: [
    {
      where: `kind = 'kek' AND generation = 2`,
      read: (manager) => readKek(manager, tenantId),
      answer: 'record-outdated',
    },
  ],
  kek_rotation: [{ where: 'true', read: (manager) => readKek(manager, tenantId), answer: 'record-outdated' }],
};

describe('a record', () => {
  let database: WorkerDatabase;
  let trail: TestTrail;
  let owner: TableOwner;
  /** Has written every record. */
  let writer: SealedWorker;
  /** Has read nothing yet when a test begins. */
  let reader: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    owner = new TableOwner(database);
    await forgetRules();
    trail = new TestTrail(database);
    [writer, reader] = [await startSealedWorker(database, trail), await startSealedWorker(database, trail)];
    await writer.change(tenantId, async (manager) => {
      for (const [entity, row] of [...records, ...more]) await manager.insert(entity, { ...row });
    });
    await trail.seal();
  });
  afterAll(async () => {
    for (const worker of [writer, reader]) await worker.stop();
    await database.stop();
  });

  /** Whoever owns the database obeys none of its rules. */
  const forgetRules = async (): Promise<void> => {
    const tables = sealed().map(({ tableName }) => `'${tableName}'::regclass`);
    const rules = await database.superuser.query<{ drop: string }[]>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', conrelid::regclass, conname) AS drop
       FROM pg_constraint WHERE conrelid IN (${tables.join(', ')}) AND contype IN ('c', 'f', 'p', 'u')
       UNION ALL SELECT format('DROP INDEX IF EXISTS %s', indexrelid::regclass)
       FROM pg_index WHERE indrelid IN (${tables.join(', ')}) AND indisunique AND NOT indisprimary`,
    );
    for (const { drop } of rules) await database.superuser.query(drop);
  };
  const sealed = (): readonly EntityMetadata[] =>
    database.superuser.entityMetadatas.filter(({ target }) => decidingOf(target as () => void) !== undefined);
  const load = (worker: SealedWorker, target: EntityTarget<ObjectLiteral>): Promise<unknown> =>
    worker.read(tenantId, (manager) => manager.find(target));
  /** Changes every record of a table, on record, and keeps the table as it was before under the name `aged`. */
  const withAged = async (metadata: EntityMetadata, work: () => Promise<void>): Promise<void> => {
    await owner.run(`CREATE TABLE aged AS TABLE ${metadata.tableName}`);
    try {
      await writer.change(tenantId, async (manager) => {
        const rows = await manager.find<ObjectLiteral & Sealed>(metadata.target);
        for (const row of rows) await changeRecord(manager, row, {});
      });
      await trail.seal();
      await work();
    } finally {
      await owner.run('DROP TABLE aged');
    }
  };

  const tables = schema.entities.filter((entity) => decidingOf(entity) !== undefined);
  const tracked = tables.filter((entity) => decidingOf(entity)?.includes('recordRevision'));

  it('is in the history, unless it is an intent, which never counts after its object is on record', () => {
    expect(
      sealed()
        .filter((metadata) => !isTracked(metadata))
        .map(({ tableName }) => tableName),
    ).toEqual(['intent']);
    expect(tracked).toHaveLength(tables.length - 1);
  });

  it.each(tracked.map((entity) => [entity.name, entity] as const))(
    'of %s is refused when an older form is put back, and an older form beside it is never taken',
    async (_, entity) => {
      const metadata = database.superuser.getMetadata(entity);
      const { tableName } = metadata;
      const back = `INSERT INTO ${tableName} SELECT * FROM aged`;
      await withAged(metadata, async () => {
        await owner.attack(tableName, [`DELETE FROM ${tableName}`, back], async () => {
          for (const worker of [writer, reader])
            await expect(load(worker, entity)).rejects.toMatchObject({ code: 'record-outdated' });
        });
        const genuine = await load(reader, entity);
        await owner.attack(tableName, [back], async () => {
          const found = await load(reader, entity).catch(({ code }: AnkaError) => code);
          expect(['record-outdated', genuine]).toContainEqual(found);
        });
        expect(await load(writer, entity)).toEqual(genuine);
      });
    },
  );

  const otherKey: Readonly<Record<string, string>> = {
    uuid: 'gen_random_uuid()',
    text: `'kek-of-another'`,
    integer: '77',
    bytea: `decode(repeat('07', 16), 'hex')`,
  };

  it.each(tables.map((entity) => [entity.name, entity] as const))(
    'of %s is refused when it is copied under another key',
    async (_, entity) => {
      const { tableName, primaryColumns } = database.superuser.getMetadata(entity);
      for (const { databaseName, type } of primaryColumns) {
        const value = otherKey[String(type)] ?? expect.unreachable(String(type));
        const attack = [
          `CREATE TEMPORARY TABLE copy ON COMMIT DROP AS SELECT * FROM ${tableName}`,
          `UPDATE copy SET ${databaseName} = ${value}`,
          `INSERT INTO ${tableName} SELECT * FROM copy`,
        ];
        await owner.attack(tableName, attack, async () => {
          await expect(load(reader, entity), databaseName).rejects.toMatchObject({ code: 'record-forged' });
        });
      }
    },
  );

  const read = async (worker: SealedWorker, reading: Reading): Promise<string | null | undefined> => {
    try {
      return (await worker.read(tenantId, reading)) === undefined ? null : undefined;
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  it.each(Object.entries(absences).flatMap(([table, rows]) => rows.map((row) => [table, row.where, row] as const)))(
    'of %s that is missing (%s) allows nothing, or is refused',
    async (table, where, { read: reading, answer }) => {
      const before = await read(reader, reading);
      await owner.attack(table, [`DELETE FROM ${table} WHERE ${where}`], async () => {
        const fresh = await startSealedWorker(database, trail);
        for (const worker of [writer, reader, fresh]) expect(await read(worker, reading)).toBe(answer);
        await fresh.stop();
      });
      expect(await read(reader, reading)).toBe(before);
    },
  );

  it('has such a row for each table', () => {
    const names = tracked.map((entity) => database.superuser.getMetadata(entity).tableName);
    expect(Object.keys(absences).toSorted()).toEqual(names.toSorted());
  });
});
