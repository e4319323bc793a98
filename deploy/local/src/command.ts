import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { LocalError } from './failure.js';

const run = promisify(execFile);

/** Debian installs servers in sbin, which is not on an ordinary user's PATH. */
const directories = (): string[] => [
  ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
];

export const lookUp = (name: string): string | undefined =>
  directories()
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/**
 * Returns the absolute path of a system command.
 * @throws LocalError naming the Debian package to install
 */
export const commandPath = (name: string, debianPackage: string): string => {
  const path = lookUp(name);
  if (path === undefined)
    throw new LocalError(`${name} is missing. Install it with: sudo apt-get install -y ${debianPackage}`);
  return path;
};

/** Longest that a command may take, in milliseconds. Only what hangs reaches it. */
const patienceMs = 600_000;

/**
 * Runs a command to its end and returns its standard output.
 * @throws LocalError with the last line of the command's error output, without its arguments, which may contain a PIN
 */
export const runCommand = async (
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> => {
  try {
    const { stdout } = await run(path, args, { env: { ...process.env, ...env }, timeout: patienceMs });
    return stdout;
  } catch (error) {
    const said = `${(error as { stderr?: string }).stderr ?? ''}`.trim().split('\n').at(-1);
    throw new LocalError(`${path.split('/').at(-1)} failed: ${said || String((error as { code?: unknown }).code)}`);
  }
};
