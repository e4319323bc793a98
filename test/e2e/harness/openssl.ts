import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs the openssl command in a directory with `files`, whose names its arguments may use.
 * @returns its standard output, and a function that reads the files it wrote
 * @throws Error unless it exits with 0
 */
export const openssl = async <Result>(
  args: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>>,
  read: (stdout: string, file: (name: string) => Promise<Buffer>) => Promise<Result> | Result,
): Promise<Result> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-openssl-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    const { stdout } = await run('openssl', [...args], { cwd: directory });
    return await read(stdout, (name) => readFile(join(directory, name)));
  } finally {
    await rm(directory, { recursive: true });
  }
};
