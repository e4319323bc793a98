import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BootstrapError, isInstalled, run } from './command.mjs';
import { holdLock } from './lock.mjs';
import { step } from './progress.mjs';
import { install, isRoot } from './system.mjs';

const recipeFolder = (repository) => join(repository, 'deploy/hsm/kryoptic');
/** Everything that decides what is built. */
const recipe = ['Cargo.toml', 'Cargo.lock', 'build.rs', 'src/lib.rs'];

const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ankasecure');

const recipeHash = (repository) => {
  const hash = createHash('sha256').update(process.arch);
  for (const file of recipe) hash.update(`\0${file}\0`).update(readFileSync(join(recipeFolder(repository), file)));
  return hash.digest('hex').slice(0, 16);
};

/** The path of the library that this recipe makes, whether or not it has been built. All clones of a user share it. */
export const kryopticLibrary = (repository) => join(cacheFolder(), `libkryoptic_pkcs11-${recipeHash(repository)}.so`);

/** rustup installs cargo for one user, in a folder that services and CI do not have on their PATH. */
const cargoPath = [process.env.PATH, join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'bin')].join(delimiter);

/** The oldest Rust that builds the crate: it is written in the edition of 2024. */
const oldestRust = [1, 85];

/** Where distributions keep libraries, one pattern per level. bindgen looks for libclang in the same folders. */
const clangFolders = ['/usr/lib', '/usr/lib/*', '/usr/lib/*/lib', '/usr/lib64', '/usr/local/lib'];

const entries = (folder) => (existsSync(folder) ? readdirSync(folder) : []);

/** The folders that `pattern` names; a star stands for one of clang's or the machine's. */
const foldersOf = (pattern) => {
  const [before, after = ''] = pattern.split('/*');
  if (!pattern.includes('*')) return [before];
  return entries(before)
    .filter((name) => /^llvm|-linux-gnu$/.test(name))
    .map((name) => `${before}/${name}${after}`);
};

const libclang = () =>
  [process.env.LIBCLANG_PATH ?? '', ...clangFolders.flatMap(foldersOf)]
    .filter((folder) => folder !== '')
    .flatMap((folder) => entries(folder).map((name) => `${folder}/${name}`))
    .find((path) => /\/libclang(-[0-9.]+)?\.so(\.[0-9.]+)?$/.test(path));

/** What the build needs, each with the Debian package that has it. */
const needs = [
  { name: 'gcc', debian: 'gcc', isThere: () => isInstalled('gcc') },
  { name: 'make', debian: 'make', isThere: () => isInstalled('make') },
  { name: 'perl', debian: 'perl', isThere: () => isInstalled('perl') },
  { name: 'libclang', debian: 'libclang1-14', isThere: () => libclang() !== undefined },
];

const prepareTools = async () => {
  const missing = needs.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  const packages = missing.map(({ debian }) => debian);
  if (!isRoot || !isInstalled('apt-get'))
    throw new BootstrapError(
      `The kryoptic token cannot be built without ${missing.map(({ name }) => name).join(', ')}. Install with: sudo apt-get install -y ${packages.join(' ')}`,
    );
  await step(`Debian packages ${packages.join(' ')}`, () => install(packages));
};

const rustHint = `Install Rust ${oldestRust.join('.')} or newer (Debian's own is older): https://www.rust-lang.org/tools/install`;

/** @throws BootstrapError if there is no Rust that can build the crate */
const checkRust = async () => {
  const failure = `The kryoptic token is a Rust library, and cargo is missing. ${rustHint}`;
  const said = await run('cargo', ['--version'], { failure, env: { PATH: cargoPath } });
  const [, major, minor] = /^cargo (\d+)\.(\d+)/.exec(said)?.map(Number) ?? [0, 0, 0];
  if (major > oldestRust[0] || (major === oldestRust[0] && minor >= oldestRust[1])) return;
  throw new BootstrapError(`The kryoptic token cannot be built with ${said.trim()}. ${rustHint}`);
};

const gccHeaders = async () => (await run('gcc', ['-print-file-name=include'], { failure: 'gcc failed' })).trim();

const crates = (repository) =>
  readFileSync(join(recipeFolder(repository), 'Cargo.lock'), 'utf8').match(/^\[\[package]]$/gm).length;

const compile = async (repository, target, library) => {
  const found = libclang();
  const env = {
    PATH: cargoPath,
    CARGO_TERM_COLOR: 'never',
    // bindgen finds libclang by itself, and the compiler's own headers not.
    BINDGEN_EXTRA_CLANG_ARGS: `-I${await gccHeaders()}`,
  };
  let compiled = 0;
  const onOutput = (text) => {
    compiled += text.match(/^ *Compiling /gm)?.length ?? 0;
  };
  const args = ['build', '--release', '--locked', '--target-dir', target];
  const failure = `The kryoptic token could not be built with ${found}`;
  const what = () => `kryoptic token, built once (crate ${compiled} of ${crates(repository)})`;
  await step(what, () => run('cargo', args, { failure, cwd: recipeFolder(repository), env, onOutput }));
  // Renamed, so that no other process ever sees a part of it.
  copyFileSync(join(target, 'release/libkryoptic_pkcs11.so'), `${target}.so`);
  renameSync(`${target}.so`, library);
};

const buildAlone = async (repository, library) => {
  if (existsSync(library)) return;
  await checkRust();
  await prepareTools();
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  const target = join(cacheFolder(), `kryoptic-${recipeHash(repository)}`);
  try {
    await compile(repository, target, library);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
};

/**
 * Builds the kryoptic token from `deploy/hsm/kryoptic`, unless this recipe has been built before. It takes some minutes.
 * @throws BootstrapError that says what is missing, or the end of what cargo said
 */
export const buildKryoptic = async (repository) => {
  const library = kryopticLibrary(repository);
  if (existsSync(library)) return library;
  let release = await holdLock(library);
  if (release === undefined)
    await step('wait for another run that builds the kryoptic token', async () => {
      while ((release = await holdLock(library)) === undefined) await delay(500);
    });
  try {
    await buildAlone(repository, library);
  } finally {
    release();
  }
  return library;
};
