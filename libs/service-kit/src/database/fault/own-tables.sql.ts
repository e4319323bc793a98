import type { DataSource } from 'typeorm';
import { NoTables } from './database-fault.js';

/** Which of the names are tables. The catalogue tells every role. */
const present = `SELECT relname AS name FROM pg_class
  WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public') AND relname = ANY($1)`;

/** Looks for the tables of the service's entities: another service's database answers as well. @throws NoTables */
export const assertOwnTables = async (dataSource: DataSource): Promise<void> => {
  const wanted = dataSource.entityMetadatas.map(({ tableName }) => tableName).toSorted();
  const rows = await dataSource.query<{ name: string }[]>(present, [wanted]);
  const missing = wanted.find((table) => !rows.some(({ name }) => name === table));
  if (missing !== undefined) throw new NoTables(`it has no table ${missing}`);
};
