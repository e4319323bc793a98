import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Rig, startRig } from './testing/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

it('the migrations create the tables that the entities describe', async () => {
  const { dataSource } = (await rig.gateway()).parts;
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

it('every table has an entity', async () => {
  const tables = (await rig.postgres.query(
    'ankadb_gateway',
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  )) as { tablename: string }[];
  const { dataSource } = (await rig.gateway()).parts;
  const named = tables.map(({ tablename }) => tablename).filter((name) => name !== 'migrations');
  expect(dataSource.entityMetadatas.map(({ tableName }) => tableName).toSorted()).toEqual(named);
});
