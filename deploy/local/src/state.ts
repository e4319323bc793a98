import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { holdLock } from '../bootstrap/lock.mjs';
import type { ChildOptions } from './child.js';
import { LocalError, messageOf } from './failure.js';
import { processLedger } from './leftover.js';
import { freePort, isPortFree } from './port.js';
import { privateDirectory } from './secret.js';

/** The data that a stack keeps between runs. One process holds it at a time. */
export interface DataDirectory {
  readonly path: string;
  /** True if an earlier run reached `markComplete`, so that its data must exist. */
  readonly reused: boolean;
  /** A directory below it that only its owner may enter. */
  subdirectory(...names: readonly string[]): string;
  /** The port that `name` listens on. It is chosen once and kept. @throws LocalError if another program uses it */
  port(name: string): Promise<number>;
  /** The directory of logs. It is empty at first; the logs of the previous run are beside it in `logs.before`. */
  readonly logDirectory: string;
  readonly record: NonNullable<ChildOptions['record']>;
  markComplete(): void;
  release(): void;
}

/** The file that marks a directory as a data directory. Nothing is deleted from a directory without it. */
const markFile = 'ankasecure.json';
const portsFile = 'ports.json';

interface Mark {
  readonly layout: 1;
  readonly complete: boolean;
  readonly process: number;
}

const readJson = <Content>(file: string): Content | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch {
    return undefined;
  }
};

/** The command that starts again in this directory. Without `--data` it would delete the data of another one. */
export const freshStart = (path: string): string => `npm start -- --fresh --data '${path}'`;

const usable = (path: string, mark: Mark | undefined, fresh: boolean): boolean => {
  const entries = readdirSync(path);
  if (entries.length === 0) return false;
  if (!entries.includes(markFile))
    throw new LocalError(
      `${path} is not a data directory of AnkaSecure. Empty it, or name another directory with --data.`,
    );
  if (fresh) return false;
  if (mark?.layout !== 1)
    throw new LocalError(
      `The data directory ${path} is damaged (${markFile} cannot be read). Start again with: ${freshStart(path)}`,
    );
  return mark.complete;
};

const ports = (path: string): DataDirectory['port'] => {
  const file = join(path, portsFile);
  const kept = readJson<Record<string, number>>(file) ?? {};
  const given = new Map<string, number>();
  return async (name) => {
    const known = given.get(name);
    if (known !== undefined) return known;
    const port = kept[name] ?? (await freePort(Object.values(kept)));
    if (!(await isPortFree(port)))
      throw new LocalError(
        `Another program uses port ${port} of 127.0.0.1, which belongs to ${name}. Stop that program, or choose new ports with: rm ${file}`,
      );
    kept[name] = port;
    given.set(name, port);
    writeFileSync(file, JSON.stringify(kept, null, 2));
    return port;
  };
};

/** Not by Node's `recursive`, which never ends where a directory cannot be made in one that exists, as in /proc. */
const makeDirectories = (directory: string): void => {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(directory);
    if (code !== 'ENOENT' || existsSync(parent)) throw error;
    makeDirectories(parent);
    mkdirSync(directory, { mode: 0o700 });
  }
};

const madeDirectory = (directory: string): string => {
  try {
    makeDirectories(directory);
    if (!statSync(directory).isDirectory()) throw new Error('it is not a directory');
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(directory);
  } catch (cause) {
    throw new LocalError(`The data directory ${directory} cannot be used: ${messageOf(cause)}`, { cause });
  }
};

const emptyLogs = (path: string): string => {
  const logs = join(path, 'logs');
  rmSync(`${logs}.before`, { recursive: true, force: true });
  if (existsSync(logs)) renameSync(logs, `${logs}.before`);
  return privateDirectory(logs);
};

/**
 * Opens or creates the data directory of a stack, and ends processes that a killed run left behind.
 * An incomplete first start is deleted, and with `fresh` everything is.
 * @throws LocalError if another process holds the directory, it is not a data directory, or it cannot be read
 */
export const openDataDirectory = async (directory: string, fresh: boolean): Promise<DataDirectory> => {
  const path = madeDirectory(directory);
  const mark = readJson<Mark>(join(path, markFile));
  const release = await holdLock(path);
  if (release === undefined)
    throw new LocalError(
      `AnkaSecure already runs from ${path} (process ${mark?.process ?? 'unknown'}). Stop it first, or name another directory with --data.`,
    );
  try {
    const reused = usable(path, mark, fresh);
    const ledger = processLedger(join(path, 'processes'));
    await ledger.endLeftovers();
    if (!reused)
      for (const entry of readdirSync(path)) if (entry !== portsFile) rmSync(join(path, entry), { recursive: true });
    chmodSync(path, 0o700);
    const write = (complete: boolean): void =>
      writeFileSync(join(path, markFile), JSON.stringify({ layout: 1, complete, process: process.pid } satisfies Mark));
    write(reused);
    return {
      path,
      reused,
      logDirectory: emptyLogs(path),
      subdirectory: (...names) => privateDirectory(join(path, ...names)),
      port: ports(path),
      record: ledger.record,
      markComplete: () => write(true),
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
};
