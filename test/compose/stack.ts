import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ComposeTestError, run, say } from './command.js';
import type { Engine } from './engine.js';
import { ensureForeign } from './stand-in.js';

interface Build {
  readonly target: string;
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
}
interface Composition {
  readonly services: Readonly<Record<string, { readonly image: string; readonly build?: Build }>>;
}

const project = 'ankasecure-test';
/** What a build reads. Everything else of a clone stays out of the copy, its secrets above all. */
const copied = [
  '.npmrc',
  '.dockerignore',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'docker-compose.yml',
  'apps',
  'libs',
  'deploy',
  'test/package.json',
];
const leftOut = new Set(['node_modules', 'dist', 'secrets']);
/** The longest wait for a container to be healthy, in milliseconds. */
const healthyMs = 300_000;
const healthPauseMs = 2_000;

/** The composition of docker-compose.yml, from a copy of the clone, with secrets of its own. */
export class ComposedStack {
  readonly directory = mkdtempSync(join(tmpdir(), 'anka-compose-'));
  private watching = true;
  private watch: Promise<void> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    private readonly compose: string,
    private readonly repository: string,
    private readonly port: number,
  ) {
    for (const path of copied)
      cpSync(join(repository, path), join(this.directory, path), {
        recursive: true,
        filter: (source) => !leftOut.has(basename(source)),
      });
  }

  get secrets(): string {
    return join(this.directory, 'deploy/docker/secrets');
  }

  /** Runs a program of deploy/docker of this clone on the secrets of the copy. */
  program(name: string, ...args: readonly string[]): Promise<string> {
    return run(process.execPath, [join(this.repository, 'deploy/docker', name), '--directory', this.secrets, ...args]);
  }

  async build(): Promise<void> {
    const { services } = JSON.parse(await this.composed(['config', '--format', 'json'])) as Composition;
    const builds = new Map(
      Object.values(services).flatMap(({ image, build }) => (build ? [[image, build] as const] : [])),
    );
    const { args } = [...builds.values()][0] ?? {};
    await ensureForeign(this.engine, this.repository, {
      base: args?.['BASE'] ?? '',
      buildBase: args?.['BUILD_BASE'] ?? '',
      postgres: services['postgres']?.image ?? '',
      nats: services['nats']?.image ?? '',
    });
    for (const [image, build] of builds) {
      say(`Building ${image}`);
      await this.buildImage(image, build);
    }
  }

  /** @param workers the number of crypto-workers */
  async up(workers: number): Promise<void> {
    this.watch = this.checkHealth();
    await this.composed(['up', '--detach', '--no-build', '--scale', `crypto-worker=${workers}`]);
    // Compose waits for what a container depends on, and not for the last one.
    for (const name of await this.containers('gateway')) await this.healthy(name);
  }

  /** Stops and starts each container of a service, one after the other. The next one waits until the last is healthy. */
  async restartOneByOne(service: string): Promise<void> {
    for (const name of await this.containers(service)) {
      say(`Restarting ${name}`);
      await this.engine.podman(['stop', '--time=30', name]);
      await this.engine.podman(['start', name]);
      await this.healthy(name);
    }
  }

  async logs(): Promise<string> {
    return this.composed(['logs', '--no-color', '--tail=40']);
  }

  async down(): Promise<void> {
    await this.composed(['down', '--volumes', '--timeout=10']).catch((error: unknown) => say((error as Error).message));
    this.watching = false;
    await this.watch;
    rmSync(this.directory, { recursive: true, force: true });
  }

  private buildImage(image: string, { target, dockerfile, args }: Build): Promise<string> {
    const values = Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`);
    return this.engine.podman(
      [
        'build',
        '--format=docker',
        '--layers',
        '--network=host',
        `--target=${target}`,
        ...values,
        `--file=${dockerfile}`,
        `--tag=${image}`,
        '.',
      ],
      { cwd: this.directory },
    );
  }

  private composed(args: readonly string[]): Promise<string> {
    const env = { ...this.engine.environment, ANKASECURE_PORT: String(this.port) };
    return run(this.compose, ['--project-name', project, ...args], { cwd: this.directory, env });
  }

  private async containers(service: string): Promise<readonly string[]> {
    const names = await this.engine.podman(['ps', '--format={{.Names}}']);
    return names
      .split('\n')
      .filter((name) => name.startsWith(`${project}-${service}-`) && /-\d+$/.test(name))
      .toSorted();
  }

  private async healthy(name: string): Promise<void> {
    for (const end = Date.now() + healthyMs; Date.now() < end; await delay(500)) if (await this.passes(name)) return;
    throw new ComposeTestError(`${name} is not healthy again`);
  }

  private passes(name: string): Promise<boolean> {
    return this.engine.podman(['healthcheck', 'run', name]).then(
      () => true,
      () => false,
    );
  }

  /** Where systemd does not run, nobody but us runs podman's health checks. */
  private async checkHealth(): Promise<void> {
    while (this.watching) {
      const names = await this.engine.podman(['ps', '--format={{.Names}}']).catch(() => '');
      await Promise.all(
        names
          .split('\n')
          .filter(Boolean)
          .map((name) => this.passes(name)),
      );
      await delay(healthPauseMs);
    }
  }
}
