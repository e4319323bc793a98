import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningAudit, startAudit } from './testing/running-audit.js';

let audit: RunningAudit;
beforeAll(async () => {
  audit = await startAudit();
});
afterAll(() => audit.stop());

// The comparison leaves out the partitions of `sealed_event`. They have no entity, because only functions of the database create
// them and the service's role has no right on them. `right.spec.ts` counts them and their triggers.
it('has a table for every entity, as the entity describes it', async () => {
  const { dataSource } = audit.instances[0] ?? expect.unreachable();
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

it('has an entity for every table', async () => {
  const { dataSource } = audit.instances[0] ?? expect.unreachable();
  const rows = await audit.postgres.query(
    'ankadb_audit',
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
       AND relnamespace = 'public'::regnamespace AND relname <> 'migrations' ORDER BY 1`,
  );
  const tables = dataSource.entityMetadatas.map(({ tableName }) => tableName).toSorted();
  expect(rows.map((row) => row['name'])).toEqual(tables);
});
