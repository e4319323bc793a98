import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError, run } from './command.mjs';
import { step } from './progress.mjs';

/** A file in node_modules that records the package-lock.json it was installed from. */
const stampFile = (repository) => join(repository, 'node_modules', '.ankasecure-lockfile');

export const lockfileHash = (repository) =>
  createHash('sha256')
    .update(readFileSync(join(repository, 'package-lock.json')))
    .digest('hex');

export const areModulesCurrent = (repository) => {
  const file = stampFile(repository);
  return existsSync(file) && readFileSync(file, 'utf8') === lockfileHash(repository);
};

/** Installs the npm packages exactly as package-lock.json names them. */
export const installModules = async (repository) => {
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const env = { npm_config_nodedir: join(repository, 'node_modules', `node-linux-${process.arch}`) };
  const args = [...before, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  await step('npm packages (npm ci)', () => run(command, args, { failure: 'npm ci failed', cwd: repository, env }));
  writeFileSync(stampFile(repository), lockfileHash(repository));
};

const atLeast = (version, [major, minor]) => {
  const [m, n] = version.split('.').map(Number);
  return m > major || (m === major && n >= minor);
};

/** The Node that AnkaSecure runs on: the one in the npm packages, or the running one if it is new enough. */
export const findNode = (repository) => {
  const packaged = join(repository, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  if (atLeast(process.versions.node, [24, 18])) return process.execPath;
  throw new BootstrapError(
    `node_modules/node-linux-${process.arch} is missing. Install it with: npm ci --include=optional`,
  );
};
