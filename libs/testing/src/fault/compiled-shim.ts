import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where all clones of a user keep what is built once: the library of the kryoptic token too. */
const cacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ankasecure');

const compiler = 'cc';
const flags = ['-O1', '-shared', '-fPIC', '-fvisibility=hidden', '-Wall', '-Werror'];
const libraries = ['-ldl', '-lpthread'];

const sourcesIn = (folder: string, ending: RegExp): readonly string[] =>
  readdirSync(folder)
    .filter((name) => ending.test(name))
    .toSorted()
    .map((name) => join(folder, name));

const hashOf = (folder: string): string => {
  const hash = createHash('sha256').update([process.arch, compiler, ...flags, ...libraries].join('\0'));
  for (const file of sourcesIn(folder, /\.[ch]$/))
    hash.update(`\0${file.slice(folder.length)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
};

/** @throws Error that says what is missing, or what the compiler said */
const compile = (folder: string, library: string): void => {
  try {
    execFileSync(compiler, [...flags, '-o', library, ...sourcesIn(folder, /\.c$/), ...libraries], { stdio: 'pipe' });
  } catch (cause) {
    const { code, stderr = '' } = cause as NodeJS.ErrnoException & { stderr?: Buffer | string };
    const reason =
      code === 'ENOENT'
        ? `there is no ${compiler}. Install it with: sudo apt-get install -y gcc libc6-dev`
        : String(stderr);
    throw new Error(`${folder} cannot be compiled: ${reason}`, { cause });
  }
};

/**
 * Compiles the C sources of a folder into a library, once per version of them.
 * @returns the path of the library, which all processes of the user share
 * @throws Error that says what is missing, or what the compiler said
 */
export const compiledShim = (folder: string, name: string): string => {
  const library = join(cacheFolder(), `lib${name}-${hashOf(folder)}.so`);
  if (existsSync(library)) return library;
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  const partial = join(cacheFolder(), `${randomUUID()}.so`);
  compile(folder, partial);
  // Renamed, so that no other process ever sees a part of it.
  renameSync(partial, library);
  return library;
};
