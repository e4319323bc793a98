import { DataSource } from 'typeorm';
import { z } from 'zod';
import { loadConfig } from '../config/load-config.js';
import { serviceConfig } from '../config/section.js';
import { dataSourceOptions, type Schema } from './data-source.js';
import { databaseFailure } from './fault/database-fault.js';

const migrateConfig = z.strictObject({ database: serviceConfig.shape.database.required({ owner: true }) });

/** An arbitrary number, the same everywhere. Only one migration runs at a time per database. */
const migrationLock = 7_201_155;

/** Migrates the schema as its owner. The service's role gets only what the migrations grant. */
export const migrate = async (service: string, schema: Schema): Promise<void> => {
  const { database } = loadConfig(migrateConfig);
  const dataSource = new DataSource(
    // Tables may be large, so a schema change has no time limit.
    dataSourceOptions(service, { ...database, ...database.owner, poolSize: 2 }, schema, {
      statement_timeout: 0,
      query_timeout: 0,
    }),
  );
  await dataSource.initialize().catch((error: unknown) => {
    throw databaseFailure(database, error, 'database.owner');
  });
  try {
    const runner = dataSource.createQueryRunner();
    await runner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    try {
      // All or none: where one refuses, such as while events of the earlier release wait, that release still works.
      const done = await dataSource.runMigrations({ transaction: 'all' });
      for (const { name } of done) process.stdout.write(`${service}: migrated ${name}\n`);
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
      await runner.release();
    }
  } finally {
    await dataSource.destroy();
  }
};
