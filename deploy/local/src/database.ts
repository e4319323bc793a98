import pg from 'pg';

export type DatabaseRole = 'owner' | 'app' | 'superuser';

export interface DatabaseLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** Runs one statement, or several without values, on a new connection. */
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

/** The role of the workers of an HSM partition. The partition `default` has the app role itself. */
export const partitionRoleOf = (database: string, partition: string): string =>
  partition === 'default' ? roleOf(database, 'app') : `${roleOf(database, 'app')}_${partition}`;

const rights = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';

const createRole = (superuser: DatabaseLogin, role: string, password: string): Promise<unknown> =>
  queryOnce(superuser, `CREATE ROLE ${pg.escapeIdentifier(role)} ${rights} PASSWORD ${pg.escapeLiteral(password)}`);

const missing = async (login: DatabaseLogin, wanted: readonly string[], catalogue: string): Promise<string[]> => {
  const rows = await queryOnce(login, catalogue);
  const present = new Set(rows.map((row) => row['name']));
  return wanted.filter((name) => !present.has(name));
};

/**
 * Creates the databases that are missing. Each has an owner, which runs its migrations, and an app role, which may connect
 * and has only what the migrations grant. Neither is a superuser, can bypass row-level security or can reach another database.
 * The call can be repeated, also after it was interrupted.
 */
export const provisionDatabases = async (
  superuser: DatabaseLogin,
  databases: readonly string[],
  passwordOf: (role: string) => string,
): Promise<void> => {
  const roles = databases.flatMap((name) => [roleOf(name, 'owner'), roleOf(name, 'app')]);
  for (const role of await missing(superuser, roles, 'SELECT rolname AS name FROM pg_roles')) {
    await createRole(superuser, role, passwordOf(role));
  }
  const absent = await missing(superuser, databases, 'SELECT datname AS name FROM pg_database');
  for (const database of databases) {
    const [name, owner, app] = [database, roleOf(database, 'owner'), roleOf(database, 'app')].map(pg.escapeIdentifier);
    if (absent.includes(database)) await queryOnce(superuser, `CREATE DATABASE ${name} OWNER ${owner}`);
    // This runs every time, because an earlier run may have stopped before it closed the database to other roles.
    await queryOnce(
      superuser,
      `REVOKE ALL ON DATABASE ${name}, postgres, template1 FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO ${app}`,
    );
  }
};

/**
 * Creates the roles of the workers of further HSM partitions. Each has the rights of the database's app role, and row-level
 * security shows it the rows of its own partition. The call can be repeated.
 */
export const provisionPartitions = async (
  superuser: DatabaseLogin,
  database: string,
  partitions: readonly string[],
  passwordOf: (role: string) => string,
): Promise<void> => {
  const roles = partitions.filter((name) => name !== 'default').map((name) => partitionRoleOf(database, name));
  const absent = await missing(superuser, roles, 'SELECT rolname AS name FROM pg_roles');
  for (const role of absent) await createRole(superuser, role, passwordOf(role));
  const app = pg.escapeIdentifier(roleOf(database, 'app'));
  for (const role of roles.map(pg.escapeIdentifier))
    await queryOnce(
      superuser,
      `GRANT ${app} TO ${role}; GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${role}`,
    );
};
