import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './command.mjs';
import { lockfileHash } from './modules.mjs';
import { step } from './progress.mjs';

/** The projects that `npm start` runs, and the command line. tsc also builds the libraries they depend on. */
const projects = ['apps/gateway', 'apps/policy', 'apps/crypto-worker', 'apps/audit', 'apps/cli', 'deploy/local'];
const sourceFolders = ['libs', 'apps', 'deploy/local'];
const stampFile = (repository) => join(repository, 'node_modules/.cache/ankasecure/built');

const sources = function* (directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist'].includes(entry.name)) yield* sources(path);
    } else if (/\.(ts|json)$/.test(entry.name)) yield path;
  }
};

/** A fingerprint of all sources, manifests and dependencies. It reads no file, because tsc alone needs half a second for that. */
const fingerprint = (repository) => {
  const hash = createHash('sha256')
    .update(lockfileHash(repository))
    .update(readFileSync(join(repository, 'tsconfig.base.json')));
  for (const folder of sourceFolders)
    for (const path of sources(join(repository, folder))) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${path}\0${size}\0${mtimeMs}\n`);
    }
  return hash.digest('hex');
};

const isCurrent = (repository, print) =>
  existsSync(stampFile(repository)) &&
  readFileSync(stampFile(repository), 'utf8') === print &&
  projects.every((project) => existsSync(join(repository, project, 'dist/tsconfig.tsbuildinfo')));

/** Reads what `tsc -b --verbose` says. */
export class CompilerProgress {
  #text = '';

  hear = (text) => {
    this.#text += text;
  };

  /** The line of the step: which project is compiled, and how many there are. */
  get line() {
    const all = this.#text.match(/^ {4}\* \S+tsconfig\.json$/gm)?.length ?? 0;
    const begun = [...this.#text.matchAll(/ - Project '(\S+)\/tsconfig\.json' is /g)];
    return begun.length === 0 ? 'compile' : `compile ${begun.at(-1)[1]} (${begun.length} of ${all})`;
  }

  /** Whether the compiler's line is about a file, and not about its own work. */
  static tells = (line) => line !== '' && !/^\d.* - |^ {4}\* /.test(line);
}

const compile = async (repository, node, projects) => {
  const progress = new CompilerProgress();
  let isDone = false;
  await step(
    () => (isDone ? 'compile' : progress.line),
    async () => {
      const args = [join(repository, 'node_modules/.bin/tsc'), '-b', '--verbose', '--pretty', 'false', ...projects];
      const { tells } = CompilerProgress;
      await run(node, args, { failure: 'the compilation failed', cwd: repository, onOutput: progress.hear, tells });
      isDone = true;
    },
  );
};

/** Compiles what `npm start` runs, if a source has changed. */
export const buildStack = async (repository, node) => {
  const print = fingerprint(repository);
  if (isCurrent(repository, print)) return;
  await compile(repository, node, projects);
  mkdirSync(dirname(stampFile(repository)), { recursive: true });
  writeFileSync(stampFile(repository), print);
};

/** Compiles the tests and benchmarks too. */
export const buildAll = (repository, node) => compile(repository, node, []);
