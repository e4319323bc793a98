import { protectionOf } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkerDatabase, type WorkerDatabase } from './testing/worker-database.js';

describe('the key database', () => {
  let database: WorkerDatabase;
  beforeAll(async () => {
    database = await startWorkerDatabase();
  });
  afterAll(() => database.stop());

  it('matches the entities', async () => {
    const { upQueries } = await database.superuser.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('declares for every column whether the seal of its record binds it', () => {
    for (const { tableName, target, columns } of database.superuser.entityMetadatas) {
      const protection = protectionOf(target as () => void);
      if (protection === undefined) throw new Error(`${tableName}: neither sealed nor unsealed`);
      if (!protection.sealed) continue;
      const declared = [...protection.deciding, ...Object.keys(protection.notDeciding)];
      expect(declared.toSorted(), tableName).toEqual(columns.map(({ propertyName }) => propertyName).toSorted());
    }
  });

  it('has an entity for every table', async () => {
    const rows = await database.superuser.query<{ name: string }[]>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' ORDER BY name`,
    );
    const entities = database.superuser.entityMetadatas.map(({ tableName }) => tableName).toSorted();
    expect(rows.map(({ name }) => name)).toEqual(entities);
  });
});
