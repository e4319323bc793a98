import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { services } from '@ankasecure/contracts';
import type { Resolve } from '@ankasecure/service-kit';
import { type Compose, type ComposeService, readCompose } from './compose.js';
import { runs } from './schema.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

export const compose: Compose = readCompose(read('docker-compose.yml'));
/** The compose services that run our services, by name. */
export const ours = Object.entries(compose.services).filter(([name]) => runs(name) !== undefined);
export const running = services.map((service) => [service, serviceNamed(service)] as const);

/** @throws if compose has no such service */
export function serviceNamed(name: string, all: Compose['services'] = compose.services): ComposeService {
  const found = all[name];
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** The output of prepare.mjs in a test's own directory, instead of deploy/docker/secrets. */
export interface Prepared {
  readonly directory: string;
  /** The path, in this test, of a file that compose names. */
  fileOf(path: string): string;
  run(script: string, ...args: string[]): string;
  /** The configuration that a service mounts, without comments. */
  configurationOf(service: ComposeService): string;
  /** The secrets as the service's container reads them. */
  secretsOf(service: ComposeService): Resolve;
  remove(): void;
}

export const secretsDirectory = 'deploy/docker/secrets/';
export const configurationPath = '/etc/ankasecure/ankasecure.yml';

export const prepare = (): Prepared => {
  const directory = mkdtempSync(join(tmpdir(), 'anka-deployment-'));
  const fileOf = (path: string): string =>
    path.startsWith(secretsDirectory) ? join(directory, path.slice(secretsDirectory.length)) : join(root, path);
  const run = (script: string, ...args: string[]): string =>
    execFileSync(process.execPath, [join(root, 'deploy/docker', script), '--directory', directory, ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  run('prepare.mjs');
  const content = (file: string | undefined): string => readFileSync(fileOf(file ?? ''), 'utf8');
  return {
    directory,
    fileOf,
    run,
    configurationOf: ({ configs }) => {
      const mounted = configs.find(({ target }) => target === configurationPath);
      return withoutComments(content(compose.configs[mounted?.source ?? '']?.file));
    },
    secretsOf:
      ({ secrets }) =>
      (name) => {
        const mounted = secrets.find(({ target }) => target === name);
        return mounted && content(compose.secrets[mounted.source]?.file);
      },
    remove: () => rmSync(directory, { recursive: true }),
  };
};

/** The distinct matches of a pattern's first group, sorted. */
export const matches = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))].sort();

export const withoutComments = (text: string): string => text.replaceAll(/^\s*#.*$/gm, '');
