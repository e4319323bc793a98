import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Service } from '@ankasecure/contracts';
import { type Child, type ChildOptions, logEnd, startChild, waitUntilReady } from './child.js';
import type { ConfigurationEnvironment } from './configuration.js';
import { LocalError } from './failure.js';

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url));

export interface ProcessOptions {
  /** The name of the process, its log and its directory, such as `gateway` or `crypto-worker-2`. */
  readonly name: string;
  readonly service: Service;
  readonly configuration: ConfigurationEnvironment;
  readonly environment: Readonly<Record<string, string>>;
  /** Options for node itself, such as `--max-semi-space-size=64`. */
  readonly nodeFlags: readonly string[];
  readonly logDirectory: string;
  readonly record: NonNullable<ChildOptions['record']>;
}

/** The environment variables that reach a service. No others do, so a stray variable cannot change its configuration. */
const passedOn = /^(PATH|LANG|TZ|OTEL_.*)$/;

const environmentOf = (options: ProcessOptions): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name))),
  HOME: homedir(),
  NODE_ENV: 'production',
  // All threads share two arenas of the C library instead of creating their own.
  MALLOC_ARENA_MAX: '2',
  NODE_COMPILE_CACHE: join(repository, 'node_modules/.cache/ankasecure/compiled'),
  ...options.configuration,
  ...options.environment,
});

/**
 * Sizes of the heap in MiB. Most of what a service allocates lives for one request, so a small young generation keeps its
 * memory below 200 MiB. So does a limit on the old generation, which is otherwise collected only after it has doubled.
 */
const leanHeap = ['--max-semi-space-size=16', '--max-old-space-size=384'];

const startProgram = (options: ProcessOptions, program: string, name: string): Child => {
  const entry = join(repository, 'apps', options.service, 'dist', program);
  if (!existsSync(entry)) throw new LocalError(`${entry} is missing. Build it with: npm run build`);
  return startChild({
    name,
    command: process.execPath,
    args: [...leanHeap, ...options.nodeFlags, entry],
    env: environmentOf(options),
    cwd: repository,
    logFile: join(options.logDirectory, `${name}.log`),
    stopSignal: 'SIGTERM',
    record: options.record,
  });
};

const ok = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
};

/** Starts a service and waits until its `/readyz` returns 200. @throws LocalError with the end of its log if it never does */
export const startService = async (options: ProcessOptions, observabilityPort: number): Promise<Child> => {
  const child = startProgram(options, 'main.js', options.name);
  try {
    await waitUntilReady(child, () => ok(`http://127.0.0.1:${observabilityPort}/readyz`));
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
};

/** Runs a service's migrations. @throws LocalError with the end of their log if they fail */
export const runMigrations = async (options: ProcessOptions): Promise<void> => {
  const child = startProgram(options, 'migrate.js', `${options.service}-migrate`);
  const code = await child.exited;
  if (code !== 0) throw new LocalError(`${child.name} failed (${code}). ${logEnd(child)}`);
};
