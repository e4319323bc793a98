import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '@ankasecure/local';

const run = promisify(execFile);

const peers = join(repository, 'test/interop/peer');
/** Everything that is installed for this suite, except what the package clients keep for themselves. */
const cache = join(repository, 'node_modules/.cache/ankasecure-interop');

const succeeds = async (program: string, args: readonly string[]): Promise<boolean> => {
  try {
    await run(program, args);
    return true;
  } catch {
    return false;
  }
};

/** @throws Error that says what to install */
const assertPrograms = async (language: string, programs: readonly string[]): Promise<void> => {
  for (const program of programs)
    if (!(await succeeds('sh', ['-c', `command -v ${program}`])))
      throw new Error(
        `npm run test:interop needs ${program} for the libraries of ${language}. Install it and run it again.`,
      );
};

/** A language with its libraries, and how their peer is installed and started. */
interface Language {
  /** The programs that must be there, with their use in a sentence for people. */
  readonly needs: readonly string[];
  readonly files: readonly string[];
  readonly install: () => Promise<void>;
}

const inPeer = (language: string): { readonly cwd: string } => ({ cwd: join(peers, language) });

const languages = {
  go: {
    needs: ['go'],
    files: ['go/go.mod', 'go/go.sum', 'go/main.go', 'go/jwx.go', 'go/gojose.go', 'go/mlkemjwe.go'],
    install: async () => {
      await run('go', ['build', '-mod=readonly', '-o', join(cache, 'go-peer'), '.'], inPeer('go'));
    },
  },
  python: {
    needs: ['python3'],
    files: ['python/requirements.txt'],
    install: async () => {
      const environment = join(cache, 'python');
      await run('python3', ['-m', 'venv', '--clear', environment]);
      const pip = join(environment, 'bin/pip');
      await run(pip, ['install', '--quiet', '--no-deps', '--requirement', 'requirements.txt'], inPeer('python'));
    },
  },
  java: {
    needs: ['mvn', 'java'],
    files: ['java/pom.xml', 'java/src/main/java/interop/Peer.java'],
    install: async () => {
      const target = join(cache, 'java');
      const copying = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${target}/lib`];
      const flags = ['--quiet', '--batch-mode', `-Dinterop.directory=${target}`];
      await run('mvn', [...flags, 'compile', ...copying], inPeer('java'));
    },
  },
  rust: {
    needs: ['cargo', 'cc'],
    files: ['rust/Cargo.toml', 'rust/Cargo.lock', 'rust/src/main.rs', 'rust/src/key_set.rs'],
    install: async () => {
      const flags = ['--quiet', '--release', '--locked', '--target-dir', join(cache, 'rust')];
      // josekit uses OpenSSL. Where the machine has no headers of it, it is compiled too.
      const headers = await succeeds('pkg-config', ['--exists', 'openssl']);
      if (!headers) await assertPrograms('rust', ['perl', 'make']);
      await run('cargo', ['build', ...flags, ...(headers ? [] : ['--features', 'vendored'])], inPeer('rust'));
    },
  },
} as const satisfies Record<string, Language>;

export interface Library {
  readonly name: string;
  readonly language: keyof typeof languages;
  /** The command of its peer. */
  readonly command: readonly string[];
}

const python = [join(cache, 'python/bin/python'), join(peers, 'python/peer.py')];

/** Default clients of other ecosystems. Their versions are pinned in `peer/`. */
export const libraries: readonly Library[] = [
  { name: 'jwx', language: 'go', command: [join(cache, 'go-peer'), 'jwx'] },
  { name: 'go-jose', language: 'go', command: [join(cache, 'go-peer'), 'go-jose'] },
  { name: 'PyJWT', language: 'python', command: [...python, 'PyJWT'] },
  { name: 'joserfc', language: 'python', command: [...python, 'joserfc'] },
  { name: 'jwcrypto', language: 'python', command: [...python, 'jwcrypto'] },
  {
    name: 'nimbus-jose-jwt',
    language: 'java',
    command: ['java', '-cp', `${join(cache, 'java/classes')}:${join(cache, 'java/lib')}/*`, 'interop.Peer'],
  },
  { name: 'josekit', language: 'rust', command: [join(cache, 'rust/release/peer')] },
];

/** A second implementation of the JWE with ML-KEM, from the page that specifies it. */
export const mlKemJwe: Library = {
  name: 'ml-kem-jwe',
  language: 'go',
  command: [join(cache, 'go-peer'), 'ml-kem-jwe'],
};

const prepareOne = async (name: keyof typeof languages): Promise<void> => {
  const { needs, files, install } = languages[name];
  await assertPrograms(name, needs);
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(peers, file)));
  const [stamp, digest] = [join(cache, `${name}.installed`), hash.digest('hex')];
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  await install();
  writeFileSync(stamp, digest);
};

/** Installs what is missing for `wanted`, each language by its ordinary client. @throws Error that says what to install */
export const prepareLibraries = async (wanted: readonly Library[]): Promise<void> => {
  mkdirSync(cache, { recursive: true });
  await Promise.all([...new Set(wanted.map(({ language }) => language))].map(prepareOne));
};
