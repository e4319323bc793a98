import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { AnkaError, recordMacInput } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import {
  assertAsked,
  changeRecord,
  type DigestedRecord,
  decidingOf,
  RecordOwner,
  type RecordRejections,
  RecordSeals,
  withTenant,
} from '@ankasecure/service-kit';
import { type EntityMetadata, SelectQueryBuilder } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeyGrantRecord } from '../access/key-grant.entity.js';
import { assertVersion } from '../key/record/assert-version.js';
import { KekRotationRecord } from '../key/record/kek-rotation.entity.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyAliasRecord } from '../key/record/key-alias.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { RotationPolicyRecord } from '../key/record/rotation-policy.entity.js';
import { readVersion, selectVersions } from '../key/record/select-version.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { IntentRecord } from '../object/intent.entity.js';
import { schema } from '../schema.js';
import { noHistory } from '../testing/test-seals.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';

const tenantId = randomUUID();
const keyId = randomUUID();
const place = { partition: 'default', tokenLabel: 'label', tokenSerial: 'serial' };
const date = (): Date => new Date(Date.now() + 86_400_000);

/** One record of each sealed table, with a value in every column. */
const records: readonly (readonly [entity: new () => object, row: object])[] = [
  [TenantPolicyRecord, { tenantId, revision: 1, document: initialPolicy, disabledAt: date(), enabledAt: date() }],
  [
    KeyRecord,
    {
      tenantId,
      id: keyId,
      label: 'a key',
      algorithm: 'AES-256',
      purpose: 'encrypt',
      algs: ['A256KW'],
      description: 'text',
      metadata: { owner: 'payments' },
      createdBy: 'alice',
    },
  ],
  [
    KeyVersionRecord,
    {
      ...place,
      tenantId,
      keyId,
      version: 1,
      state: 'DESTROY_SCHEDULED',
      activateAt: date(),
      deactivateAt: date(),
      revocationReason: 'superseded',
      revocationMessage: 'text',
      revocationOccurredAt: date(),
      destroyAt: date(),
      destroyWaitingDays: 30,
      destroyScheduledBy: 'alice',
      destroyedAt: date(),
      custody: 'software',
      objectId: randomBytes(16),
      spki: randomBytes(91),
      wrappedBlob: randomBytes(40),
      wrappedMac: randomBytes(32),
      kekGeneration: 1,
      sealedKey: randomBytes(60),
      requestId: randomUUID(),
      rewrapFailure: 'hsm-error',
    },
  ],
  [KeyAliasRecord, { tenantId, name: 'alias', keyId }],
  [KeyGrantRecord, { tenantId, keyId, kind: 'subject', grantee: 'bob', rights: ['use:sign'], grantedBy: 'alice' }],
  [
    RotationPolicyRecord,
    { tenantId, keyId, interval: 'P1D', intervalSeconds: 86_400, nextAt: date(), maxUses: 7, setBy: 'alice' },
  ],
  [
    PlatformKeyRecord,
    {
      ...place,
      tenantId,
      kind: 'import',
      generation: 1,
      objectId: randomBytes(16),
      spki: randomBytes(91),
      retiredAt: date(),
      destroyAt: date(),
      destroyedAt: date(),
    },
  ],
  [
    KekRotationRecord,
    {
      tenantId,
      generation: 2,
      partition: 'default',
      total: 3,
      startedBy: 'alice',
      correlationId: 'c',
      finishedAt: date(),
    },
  ],
  [
    IntentRecord,
    {
      tenantId,
      objectId: randomBytes(16),
      partition: 'default',
      kind: 'make',
      owner: 'key:a:b:1',
      lease: '1',
      event: '{}',
    },
  ],
];

/** SQL of another value of a column, by its type. */
const otherValue: Readonly<Record<string, (column: string) => string>> = {
  uuid: () => 'gen_random_uuid()',
  text: (column) => `${column} || 'x'`,
  integer: (column) => `${column} + 1`,
  bigint: (column) => `${column} + 1`,
  boolean: (column) => `NOT ${column}`,
  timestamptz: (column) => `${column} + interval '1 second'`,
  bytea: (column) => `${column} || '\\x00'`,
  jsonb: (column) => `${column} || '{"forged": 1}'`,
};

const key = randomBytes(32);
const sealOf = (record: DigestedRecord): Buffer =>
  createHmac('sha256', key)
    .update(recordMacInput('crypto-worker', record, record.digest))
    .digest();
const authority = {
  seal: async (of: readonly DigestedRecord[]) => of.map(sealOf),
  check: async (of: readonly (DigestedRecord & { seal: Buffer })[]) =>
    of.map((record) => sealOf(record).equals(record.seal)),
};
const rejections = {
  reject: ({ table, id }: { table: string; id: string }, reason: string) =>
    new AnkaError('record-forged', `${table} ${id} ${reason}`),
} as unknown as RecordRejections;

describe('a sealed record', () => {
  let database: WorkerDatabase;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    new RecordSeals(new RecordOwner('crypto-worker'), authority, rejections, noHistory(), database.superuser);
    // Whoever owns the database obeys none of its rules.
    const rules = await database.superuser.query<{ drop: string }[]>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0`,
    );
    for (const { drop } of rules) await database.superuser.query(drop);
    for (const [entity, row] of records) await database.superuser.manager.insert(entity, row);
  });
  afterAll(() => database.stop());

  /** Changes the one row of a table, loads it and takes the change back. */
  const loadedAfter = async ({ target }: EntityMetadata, sql: string): Promise<object[]> => {
    const runner = database.superuser.createQueryRunner();
    await runner.startTransaction();
    try {
      await runner.query('SET LOCAL session_replication_role = replica');
      await runner.query(sql);
      return await runner.manager.find(target);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  };

  it('is in this list for each sealed table', () => {
    const sealed = schema.entities.filter((entity) => decidingOf(entity) !== undefined);
    expect(new Set(records.map(([entity]) => entity))).toEqual(new Set(sealed));
  });

  it.each(records.map(([entity]) => [entity.name, entity] as const))(
    'of %s loads as it was written',
    async (_, entity) => {
      const loaded = await database.superuser.manager.find(entity);
      expect(loaded).toHaveLength(1);
      expect(Object.entries(loaded[0] ?? {}).filter(([, value]) => value === null)).toEqual([]);
    },
  );

  it.each(records.map(([entity]) => [entity.name, entity] as const))(
    'of %s is refused with another value, with none, and without its seal',
    async (_, entity) => {
      const metadata = database.superuser.getMetadata(entity);
      const deciding = decidingOf(entity) ?? [];
      for (const { propertyName, databaseName, type, isArray } of metadata.columns) {
        const column = `"${databaseName}"`;
        const other = isArray ? `${column} || '{forged}'` : otherValue[String(type)]?.(column);
        if (other === undefined) throw new Error(`${String(type)}: no other value`);
        const forged = loadedAfter(metadata, `UPDATE "${metadata.tableName}" SET ${column} = ${other}`);
        if (deciding.includes(propertyName) || propertyName === 'seal')
          await expect(forged, `${metadata.tableName}.${databaseName}`).rejects.toMatchObject({
            code: 'record-forged',
          });
        else expect(await forged, `${metadata.tableName}.${databaseName}`).toHaveLength(1);
        if (!metadata.findColumnWithPropertyName(propertyName)?.isNullable) continue;
        const emptied = loadedAfter(metadata, `UPDATE "${metadata.tableName}" SET ${column} = NULL`);
        if (deciding.includes(propertyName) || propertyName === 'seal')
          await expect(emptied, `${metadata.tableName}.${databaseName}`).rejects.toMatchObject({
            code: 'record-forged',
          });
        else expect(await emptied, `${metadata.tableName}.${databaseName}`).toHaveLength(1);
      }
    },
  );

  it('is refused if a trigger changes it while it is written', async () => {
    await database.superuser.query(`
      CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.key_id := gen_random_uuid(); RETURN NEW; END $$;
      CREATE TRIGGER forge BEFORE INSERT ON key_alias FOR EACH ROW EXECUTE FUNCTION forge();
      ALTER TABLE key_alias DROP CONSTRAINT key_alias_tenant_id_key_id_fkey`);
    await database.superuser.manager.insert(KeyAliasRecord, { tenantId, name: 'another', keyId });
    await expect(
      database.superuser.manager.findOneBy(KeyAliasRecord, { tenantId, name: 'another' }),
    ).rejects.toMatchObject({ code: 'record-forged' });
  });

  it('is not reported as changed if a trigger keeps it as it was', async () => {
    await database.superuser.query(`
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;
      CREATE TRIGGER keep BEFORE UPDATE ON key FOR EACH ROW EXECUTE FUNCTION keep()`);
    const change = withTenant(database.superuser, tenantId, async (manager) => {
      const row = await manager.findOneByOrFail(KeyRecord, { tenantId, id: keyId });
      await changeRecord(manager, row, { label: 'changed' });
    });
    await expect(change).rejects.toThrow(/look for a trigger/);
    await database.superuser.query('DROP TRIGGER keep ON key');
  });

  it('is refused where another record was asked for, however genuine it is', async () => {
    const asSomebody = withTenant(database.superuser, randomUUID(), (manager) => manager.find(KeyRecord));
    await expect(asSomebody).rejects.toMatchObject({ code: 'record-forged' });
    const { manager } = database.superuser;
    const row = await manager.findOneByOrFail(KeyRecord, { id: keyId });
    expect(() => assertAsked(manager, row, { tenantId, id: keyId })).not.toThrow();
    expect(() => assertAsked(manager, row, { tenantId, id: randomUUID() })).toThrow(/record-forged/);
  });

  it('is not read in the place of another version of its key', async () => {
    const { manager } = database.superuser;
    expect(await readVersion(manager, tenantId, keyId, 2)).toBeUndefined();
    const careless = vi.spyOn(SelectQueryBuilder.prototype, 'andWhere').mockReturnThis();
    await expect(readVersion(manager, tenantId, keyId, 2)).rejects.toThrow(/record-forged: key_version/);
    careless.mockRestore();
  });

  it('is not put in the place of a joined record', async () => {
    const { manager } = database.superuser;
    const [stored] = await selectVersions(manager).getMany();
    if (stored === undefined) throw new Error('no version');
    expect(() => assertVersion(manager, stored, { tenantId, keyId, version: 1 })).not.toThrow();
    expect(() => assertVersion(manager, stored, { tenantId, keyId, version: 2 })).toThrow(/record-forged/);
    const [platformKey] = await manager.find(PlatformKeyRecord);
    const swapped = Object.assign(stored, { kek: platformKey });
    expect(() => assertVersion(manager, swapped, { tenantId, keyId })).toThrow(/record-forged: platform_key/);
  });

  it('cannot be loaded in part, or changed without a new seal', async () => {
    const { manager } = database.superuser;
    await expect(manager.find(KeyRecord, { select: { id: true } })).rejects.toThrow(/load records as a whole/);
    await expect(manager.update(KeyRecord, { id: keyId }, { label: 'new' })).rejects.toThrow(/use changeRecord/);
  });
});
