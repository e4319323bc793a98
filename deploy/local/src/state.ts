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
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { holdLock } from '../bootstrap/lock.mjs';
import type { ChildOptions } from './child.js';
import { LocalError, messageOf } from './failure.js';
import { processLedger } from './leftover.js';
import { freePort, isPortFree } from './port.js';
import { privateDirectory } from './secret.js';

/** What a stack keeps between runs, held by one process at a time. */
export interface DataDirectory {
  readonly path: string;
  /** True when an earlier run got as far as `markComplete`: what it made must be there. */
  readonly reused: boolean;
  /** A directory of its owner's alone below it. */
  subdirectory(...names: readonly string[]): string;
  /** The port `name` listens on: chosen free once and kept. @throws LocalError when another program has it */
  port(name: string): Promise<number>;
  /** Empty at first; what the run before logged lies beside it in `logs.before`. */
  readonly logDirectory: string;
  readonly record: NonNullable<ChildOptions['record']>;
  markComplete(): void;
  release(): void;
}

/** Marks a directory as ours: nothing is ever deleted from one without it. */
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

/** The command that begins anew in this very directory: the plain one would delete another's data. */
export const freshStart = (path: string): string => `npm start -- --fresh --data '${path}'`;

const usable = (path: string, mark: Mark | undefined, fresh: boolean): boolean => {
  const entries = readdirSync(path);
  if (entries.length === 0) return false;
  if (!entries.includes(markFile))
    throw new LocalError(
      `${path} holds something else than AnkaSecure's data. Empty it, or name another directory with --data.`,
    );
  if (fresh) return false;
  if (mark?.layout !== 1)
    throw new LocalError(
      `The data directory ${path} is damaged (${markFile} cannot be read). Begin anew with: ${freshStart(path)}`,
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
        `Port ${port} of 127.0.0.1, which ${name} has here, is taken by another program. Stop that program, or have new ports chosen: rm ${file}`,
      );
    kept[name] = port;
    given.set(name, port);
    writeFileSync(file, JSON.stringify(kept, null, 2));
    return port;
  };
};

const madeDirectory = (directory: string): string => {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
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
 * Opens or makes the data directory of a stack and ends what a killed run left running from it.
 * What a first start left half made, and with `fresh` everything, is deleted.
 * @throws LocalError when another process holds it, or it is not ours, or it cannot be read
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
