import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type Postgres, provisionDatabases, startPostgres } from '@ankasecure/local';

/** Specs kill servers, never the machine, so nothing that they test needs a disk. */
export const settings = { fsync: 'off' };

let running: Promise<Postgres> | undefined;

const start = async (): Promise<Postgres> => {
  const directory = await mkdtemp(join(process.env['ANKASECURE_TEST_SERVERS'] ?? '', 'worker-'));
  return startPostgres({ directory, port: await freePort(), databases: [], settings });
};

/** The server of this process, which all of its specs use one after the other. A spec that stops it leaves the next a new one. */
const workerServer = async (): Promise<Postgres> => {
  if (!(await running)?.process.running()) running = start();
  return running as Promise<Postgres>;
};

const provision = (server: Postgres, name: string): Promise<void> => {
  const [owner, app] = [server.login(name, 'owner'), server.login(name, 'app')];
  const passwords = new Map([owner, app].map(({ user, password }) => [user, password]));
  return provisionDatabases(server.login('postgres', 'superuser'), [name], (role) => passwords.get(role) ?? '');
};

const drop = (server: Postgres, name: string): Promise<unknown> =>
  server.query('postgres', `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);

const databaseOn = (server: Postgres, name: string): Postgres => ({
  ...server,
  stop: async () => void (server.process.running() && (await drop(server, name))),
});

/** A new database on the worker's server, with its `<name>_owner` and `<name>_app` role. `stop` deletes it. */
export const startTestDatabase = async (name: string): Promise<Postgres> => {
  const server = await workerServer();
  await drop(server, name);
  await provision(server, name);
  return databaseOn(server, name);
};

/**
 * The same, as `fill` leaves it.
 * @param key names what `fill` does. It is done once for each server, and copied
 */
export const startFilledDatabase = async (
  name: string,
  key: string,
  fill: (server: Postgres) => Promise<void>,
): Promise<Postgres> => {
  const server = await workerServer();
  const kept = `${name} ${key}`;
  const [found] = await server.query('postgres', 'SELECT FROM pg_database WHERE datname = $1', [kept]);
  if (found === undefined) {
    await startTestDatabase(name);
    await fill(server);
    await server.query('postgres', `ALTER DATABASE "${name}" RENAME TO "${kept}"`);
  }
  await drop(server, name);
  const { user } = server.login(name, 'owner');
  await server.query('postgres', `CREATE DATABASE "${name}" OWNER "${user}" TEMPLATE "${kept}" STRATEGY FILE_COPY`);
  await provision(server, name);
  return databaseOn(server, name);
};
