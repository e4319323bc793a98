import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ComposeTestError, type Running, run } from './command.js';

/** Without systemd, podman needs these. Limits that the host does not allow would stop every container. */
const settings = `[containers]
default_ulimits=["nofile=20000:20000","nproc=4096:4096"]
[network]
network_backend="netavark"
[engine]
cgroup_manager="cgroupfs"
events_logger="file"
runtime="runc"
`;

/** A podman with images and containers of its own, and its socket for Docker's clients. */
export class Engine {
  private service: ChildProcess | undefined;

  /** The state of running containers. Podman takes no path of more than 50 characters, and wants the same for the same images. */
  private readonly state: string;

  /**
   * @param directory keeps images from one run to the next
   * @param pulls whether a registry is asked for images
   */
  constructor(
    private readonly directory: string,
    readonly pulls: boolean,
  ) {
    const name = createHash('sha256').update(directory).digest('hex').slice(0, 12);
    this.state = join(tmpdir(), `anka-podman-${name}`);
    for (const path of [directory, this.state]) mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(this.settingsFile, settings);
  }

  /** For programs that talk to the socket. */
  get environment(): Readonly<Record<string, string>> {
    return { DOCKER_HOST: `unix://${this.socket}`, DOCKER_BUILDKIT: '0' };
  }

  podman(args: readonly string[], running: Running = {}): Promise<string> {
    return run('podman', [...this.place, ...args], { ...running, env: { ...running.env, ...this.own } });
  }

  async hasImage(name: string): Promise<boolean> {
    return this.podman(['image', 'exists', name]).then(
      () => true,
      () => false,
    );
  }

  async start(): Promise<void> {
    rmSync(this.socket, { force: true });
    const args = [...this.place, 'system', 'service', '--time=0', `unix://${this.socket}`];
    this.service = spawn('podman', args, { env: { ...process.env, ...this.own }, stdio: 'ignore' });
    for (let tries = 0; !existsSync(this.socket); tries++) {
      if (tries > 300 || this.service.exitCode !== null) throw new ComposeTestError('podman offers no socket');
      await delay(100);
    }
  }

  async stop(): Promise<void> {
    const { service } = this;
    if (service === undefined || service.exitCode !== null) return;
    const ended = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    await ended;
  }

  private get socket(): string {
    return join(this.state, 'podman.sock');
  }

  private get settingsFile(): string {
    return join(this.directory, 'containers.conf');
  }

  private get own(): Readonly<Record<string, string>> {
    return { CONTAINERS_CONF: this.settingsFile };
  }

  private get place(): readonly string[] {
    return ['--root', join(this.directory, 'storage'), '--runroot', join(this.state, 'run')];
  }
}
