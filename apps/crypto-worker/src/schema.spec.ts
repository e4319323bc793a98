import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkerDatabase, type WorkerDatabase } from './testing/worker-database.js';

let database: WorkerDatabase;
beforeAll(async () => {
  database = await startWorkerDatabase();
  // TypeORM compares a generated column with the expression in a table of its own, which migrations do not write.
  await database.superuser.query(`
    CREATE TABLE IF NOT EXISTS typeorm_metadata
      (type text NOT NULL, database text, schema text, "table" text, name text, value text);
    DELETE FROM typeorm_metadata;
    INSERT INTO typeorm_metadata VALUES
      ('GENERATED_COLUMN', current_database(), 'public', 'key_version', 'spki_sha256', 'sha256(spki)');
    GRANT SELECT ON typeorm_metadata TO PUBLIC`);
});
afterAll(() => database.stop());

it('has a table for every entity, as the entity describes it', async () => {
  const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});
