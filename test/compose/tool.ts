import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComposeTestError, run, say, works } from './command.js';

/** The commands that containers need, each with its Debian package. */
const needed = [
  { command: 'podman', debian: 'podman' },
  { command: 'runc', debian: 'runc' },
  { command: 'catatonit', debian: 'catatonit' },
  { command: 'iptables', debian: 'iptables' },
];
/** Libraries of podman without a command on the path. */
const libraries = ['netavark', 'aardvark-dns'];
const libraryAt = (name: string): string => `/usr/lib/podman/${name}`;

const missingPackages = (): string[] => [
  ...needed.filter(({ command }) => !works('sh', '-c', `command -v ${command}`)).map(({ debian }) => debian),
  ...libraries.filter((name) => !existsSync(libraryAt(name))),
];

/** Installs what podman lacks, as root on Debian. @throws ComposeTestError that says what is missing */
export const ensurePodman = async (): Promise<void> => {
  const missing = missingPackages();
  if (missing.length > 0) await installPackages(missing);
  if (process.getuid?.() !== 0)
    throw new ComposeTestError('This test needs root: its containers have users, limits and networks of their own.');
};

/** Installs packages, as root on Debian. @throws ComposeTestError that says what is missing */
export const installPackages = async (packages: readonly string[]): Promise<void> => {
  if (process.getuid?.() !== 0 || !works('apt-get', '--version'))
    throw new ComposeTestError(
      `Missing: ${packages.join(', ')}. Install with: sudo apt-get install -y ${packages.join(' ')}`,
    );
  say(`Installing ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env });
};

/** The release of Docker Compose that is compiled where none is installed. */
const composeModule = 'github.com/docker/compose/v2@v2.26.1';

/** The path of Docker Compose 2. It is compiled from its Go module where it is not installed. @param cache where it is kept */
export const ensureCompose = async (cache: string): Promise<string> => {
  if (works('sh', '-c', 'docker-compose version --short | grep -q "^v\\?[2-9]"')) return 'docker-compose';
  const compiled = join(cache, 'docker-compose');
  if (existsSync(compiled)) return compiled;
  if (!works('go', 'version'))
    throw new ComposeTestError('Docker Compose 2 is missing. Install docker-compose-plugin, or Go to compile it.');
  say(`Compiling ${composeModule}`);
  return compile(cache, compiled);
};

/** Its manifest replaces modules, so that `go install` refuses it. */
const compile = async (cache: string, program: string): Promise<string> => {
  mkdirSync(cache, { recursive: true });
  const source = mkdtempSync(join(tmpdir(), 'anka-compose-source-'));
  try {
    const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', composeModule])) as {
      readonly Dir: string;
    };
    cpSync(Dir, source, { recursive: true });
    await run('chmod', ['-R', 'u+w', source]);
    await run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', program, './cmd'], { cwd: source });
    return program;
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
};
