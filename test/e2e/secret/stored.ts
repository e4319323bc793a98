import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { databases, type Rig } from '../harness/rig.js';

export interface StoredText {
  readonly where: string;
  readonly content: string | Uint8Array;
}

/** Every row of every table of every service, as JSON with bytea in hex. */
export const rowsOf = async (rig: Rig): Promise<readonly StoredText[]> => {
  const perDatabase = databases.map(async (database) => {
    const tables = await rig.query(
      database,
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    const perTable = tables.map(async ({ name }): Promise<StoredText> => {
      const rows = await rig.query(database, `SELECT to_jsonb(t)::text AS row FROM "${String(name)}" t`);
      return { where: `${database}.${String(name)}`, content: rows.map(({ row }) => String(row)).join('\n') };
    });
    return Promise.all(perTable);
  });
  return (await Promise.all(perDatabase)).flat();
};

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** All files of PostgreSQL. Deleted rows and the write-ahead log contain data that a query no longer returns. */
export const databaseFiles = ({ dataDirectory }: Rig): readonly StoredText[] =>
  filesBelow(join(dataDirectory, 'postgres', 'data')).flatMap((where) => {
    try {
      return [{ where, content: readFileSync(where) }];
    } catch (error) {
      // The server is running and may delete files that it can create again.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  });

export const logFiles = ({ dataDirectory }: Rig): readonly StoredText[] =>
  filesBelow(join(dataDirectory, 'logs')).map((where) => ({ where, content: readFileSync(where) }));
