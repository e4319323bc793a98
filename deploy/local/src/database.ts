import pg from 'pg';

export type DatabaseRole = 'owner' | 'app' | 'superuser';

export interface DatabaseLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** One statement, or several without values, over a connection of its own. */
export const queryOnce = async (
  login: DatabaseLogin,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client(login);
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql, [...values]);
    return result.rows;
  } finally {
    await client.end();
  }
};

const roleName = {
  owner: (name: string) => `${name}_owner`,
  app: (name: string) => `${name}_app`,
  superuser: () => 'postgres',
};
export const roleOf = (database: string, role: DatabaseRole): string => roleName[role](database);

const missing = async (login: DatabaseLogin, wanted: readonly string[], catalogue: string): Promise<string[]> => {
  const rows = await queryOnce(login, catalogue);
  const present = new Set(rows.map((row) => row['name']));
  return wanted.filter((name) => !present.has(name));
};

/**
 * Makes the databases that are missing. Each has an owner, who runs its migrations, and an app role, which may connect
 * and has what the migrations grant it: neither is a superuser, may bypass row-level security, or reach another's database.
 * May be repeated, also when it was cut short.
 */
export const provisionDatabases = async (
  superuser: DatabaseLogin,
  databases: readonly string[],
  passwordOf: (role: string) => string,
): Promise<void> => {
  const roles = databases.flatMap((name) => [roleOf(name, 'owner'), roleOf(name, 'app')]);
  for (const role of await missing(superuser, roles, 'SELECT rolname AS name FROM pg_roles')) {
    const rights = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
    const password = pg.escapeLiteral(passwordOf(role));
    await queryOnce(superuser, `CREATE ROLE ${pg.escapeIdentifier(role)} ${rights} PASSWORD ${password}`);
  }
  const absent = await missing(superuser, databases, 'SELECT datname AS name FROM pg_database');
  for (const database of databases) {
    const [name, owner, app] = [database, roleOf(database, 'owner'), roleOf(database, 'app')].map(pg.escapeIdentifier);
    if (absent.includes(database)) await queryOnce(superuser, `CREATE DATABASE ${name} OWNER ${owner}`);
    // Each time: whoever made the database may have died before it was closed to the others.
    await queryOnce(
      superuser,
      `REVOKE ALL ON DATABASE ${name}, postgres, template1 FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO ${app}`,
    );
  }
};
