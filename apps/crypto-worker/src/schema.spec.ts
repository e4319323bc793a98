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

  it('has an entity for every table', async () => {
    const rows = await database.superuser.query<{ name: string }[]>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' ORDER BY name`,
    );
    const entities = database.superuser.entityMetadatas.map(({ tableName }) => tableName).toSorted();
    expect(rows.map(({ name }) => name)).toEqual(entities);
  });
});
