import { randomUUID } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import {
  assertAsked,
  changeRecord,
  decidingOf,
  RecordOwner,
  type RecordRejections,
  RecordSeals,
  withTenant,
} from '@ankasecure/service-kit';
import { type EntityMetadata, SelectQueryBuilder } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { assertVersion } from '../key/record/assert-version.js';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyAliasRecord } from '../key/record/key-alias.entity.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { readVersion, selectVersions } from '../key/record/select-version.js';
import { schema } from '../schema.js';
import { testAuthority } from '../testing/test-authority.js';
import { noHistory } from '../testing/test-seals.js';
import { startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { keyId, records, tenantId } from './every-record.fixture.js';

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

const rejections = {
  reject: ({ table, id }: { table: string; id: string }, reason: string) =>
    new AnkaError('record-forged', `${table} ${id} ${reason}`),
} as unknown as RecordRejections;

describe('a sealed record', () => {
  let database: WorkerDatabase;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    new RecordSeals(new RecordOwner('crypto-worker'), testAuthority, rejections, noHistory(), database.superuser);
    // Whoever owns the database obeys none of its rules.
    const rules = await database.superuser.query<{ drop: string }[]>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0`,
    );
    for (const { drop } of rules) await database.superuser.query(drop);
    for (const [entity, row] of records) await database.superuser.manager.insert(entity, { ...row });
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
