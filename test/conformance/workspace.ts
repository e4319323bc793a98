import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** The path from the workspace's root, with slashes. */
  readonly path: string;
  /** The module specifiers of static and dynamic imports, as written. */
  readonly imports: readonly string[];
}

export interface Package {
  readonly directory: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  readonly sources: readonly Source[];
}

/** The input of the dependency rules. */
export interface Workspace {
  /** Names at the top level, without dot-files. */
  readonly entries: readonly string[];
  /** Development tools that every package's tests may use. */
  readonly tools: readonly string[];
  readonly packages: readonly Package[];
}

interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const notSources = ['node_modules', 'dist', '.nx', '.ankasecure', 'coverage', 'reports'];

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (notSources.includes(entry.name)) return [];
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

const readManifest = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;

const readSource = (root: string, path: string): Source => ({
  path: relative(root, path),
  imports: ts.preProcessFile(readFileSync(path, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName),
});

const readPackage = (root: string, directory: string): Package => {
  const manifest = readManifest(join(root, directory));
  const files = filesBelow(join(root, directory)).filter((path) => /\.m?[jt]s$/.test(path));
  return {
    directory,
    name: manifest.name,
    dependencies: Object.keys(manifest.dependencies ?? {}),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    sources: files.map((path) => readSource(root, path)),
  };
};

/** Expands `libs/*` to every folder in `libs`. */
const expand = (root: string, pattern: string): string[] => {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  const folders = readdirSync(join(root, parent), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => `${parent}/${name}`);
};

export const readWorkspace = (root: string): Workspace => {
  const manifest = readManifest(root);
  return {
    entries: readdirSync(root).filter((name) => !name.startsWith('.') && !notSources.includes(name)),
    tools: Object.keys(manifest.devDependencies ?? {}),
    packages: (manifest.workspaces ?? [])
      .flatMap((pattern) => expand(root, pattern))
      .map((directory) => readPackage(root, directory)),
  };
};
