import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '@ankasecure/local';

const run = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Compiles a workspace and packs it as `npm publish` would. @returns the tarball */
export const pack = async (workspace: string, into: string): Promise<string> => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await run(process.execPath, [tsc, '-b', workspace], { cwd: repository });
  return packDirectory(join(repository, workspace), into);
};

const packDirectory = async (directory: string, into: string): Promise<string> => {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', into];
  const { stdout } = await run('npm', args, { cwd: directory });
  const packed = JSON.parse(stdout) as readonly { filename: string }[] | Readonly<Record<string, { filename: string }>>;
  return join(into, (Object.values(packed)[0] as { filename: string }).filename);
};

const manifestOf = async (directory: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest;

/** Where a package of a registry is installed for `from`. */
const installedAt = async (name: string, from: string): Promise<string> => {
  for (let directory = from; ; directory = dirname(directory)) {
    const candidate = join(directory, 'node_modules', name);
    const isThere = await readFile(join(candidate, 'package.json')).then(
      () => true,
      () => false,
    );
    if (isThere) return candidate;
    if (directory === dirname(directory)) throw new Error(`${name} is not installed`);
  }
};

/** Packages of registries that the packed ones depend on, with theirs. */
const dependenciesOf = async (directory: string, found = new Map<string, string>()): Promise<Map<string, string>> => {
  for (const name of Object.keys((await manifestOf(directory)).dependencies ?? {})) {
    if (found.has(name) || name.startsWith('@ankasecure/')) continue;
    const at = await installedAt(name, directory);
    found.set(name, at);
    await dependenciesOf(at, found);
  }
  return found;
};

/**
 * An empty project with what the tarballs hold, unpacked as npm does, and with their dependencies copied from this repository, so
 * that nothing is downloaded.
 * @param workspaces each with its tarball
 * @returns its directory
 */
export const emptyProject = async (workspaces: Readonly<Record<string, string>>): Promise<string> => {
  const project = await mkdtemp(join(tmpdir(), 'anka-packed-'));
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  for (const [workspace, tarball] of Object.entries(workspaces)) {
    const { name } = await manifestOf(join(repository, workspace));
    const into = join(project, 'node_modules', name);
    await mkdir(into, { recursive: true });
    await run('tar', ['-xzf', tarball, '-C', into, '--strip-components=1']);
    for (const [dependency, at] of await dependenciesOf(join(repository, workspace)))
      await cp(at, join(project, 'node_modules', dependency), { recursive: true });
  }
  return project;
};

/**
 * An empty project into which npm has installed the tarballs, without a registry: their dependencies are packed from this
 * repository.
 * @returns its directory
 */
export const installedProject = async (workspaces: Readonly<Record<string, string>>, into: string): Promise<string> => {
  const project = await mkdtemp(join(tmpdir(), 'anka-installed-'));
  const dependencies = new Map<string, string>();
  for (const [workspace, tarball] of Object.entries(workspaces)) {
    dependencies.set((await manifestOf(join(repository, workspace))).name, `file:${tarball}`);
    for (const [name, at] of await dependenciesOf(join(repository, workspace)))
      if (!dependencies.has(name)) dependencies.set(name, `file:${await packDirectory(at, into)}`);
  }
  const overrides = Object.fromEntries([...dependencies.keys()].map((name) => [name, `$${name}`]));
  const manifest = { name: 'empty', private: true, dependencies: Object.fromEntries(dependencies), overrides };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: project });
  return project;
};

/** The Node versions that the packages are tried on: this one, and the system's, where it is another. */
export const nodes = async (): Promise<readonly string[]> => {
  const versions = new Map([[process.version, process.execPath]]);
  for (const candidate of ['/usr/bin/node', '/usr/local/bin/node']) {
    const version = await run(candidate, ['--version']).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
    if (version !== undefined && !versions.has(version)) versions.set(version, candidate);
  }
  return [...versions.values()];
};
