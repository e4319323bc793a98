import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '@ankasecure/contracts';
import { type DatabaseLogin, freePort, repository } from '@ankasecure/local';
import { parse, stringify } from 'yaml';
import type { OwnRig } from '../harness/rig.js';

/** The files of one process: its configuration, which may be changed, and its secrets. */
export interface Files {
  readonly directory: string;
  /** Sets a value of the configuration, by its path below `ankasecure`. */
  set(path: string, value: unknown): void;
  secret(name: string, content: string | Buffer): void;
  /** Writes a file. @returns its path */
  file(name: string, content: string): string;
  /** The name of the database of another service, and its login. */
  foreign(): DatabaseLogin;
  /** A port that another process has until the end of the test. */
  takenPort(): Promise<number>;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process with a copy of another's files, which a test can change. */
export class CopiedProcess {
  private readonly directory = mkdtempSync(join(tmpdir(), 'anka-refused-'));
  private readonly taken = createServer();

  constructor(
    private readonly rig: OwnRig,
    private readonly service: Service,
  ) {
    const name = service === 'crypto-worker' ? 'crypto-worker-1' : service;
    cpSync(join(rig.dataDirectory, 'services', name), join(this.directory, 'process'), { recursive: true });
  }

  private get process(): string {
    return join(this.directory, 'process');
  }

  private get configuration(): string {
    return join(this.process, 'ankasecure.yaml');
  }

  readonly files: Files = {
    directory: this.process,
    set: (path, value) => {
      const document = parse(readFileSync(this.configuration, 'utf8')) as { ankasecure: object };
      const keys = path.split('.');
      const last = keys.pop() ?? '';
      const section = keys.reduce<Record<string, unknown>>(
        (at, key) => {
          at[key] ??= {};
          return at[key] as Record<string, unknown>;
        },
        document.ankasecure as Record<string, unknown>,
      );
      section[last] = value;
      writeFileSync(this.configuration, stringify(document));
    },
    secret: (name, content) => writeFileSync(join(this.process, 'secrets', name), content),
    file: (name, content) => {
      writeFileSync(join(this.process, name), content);
      return join(this.process, name);
    },
    foreign: () => this.foreign(),
    takenPort: async () => {
      const port = await freePort();
      await new Promise<void>((resolve) => this.taken.listen(port, '127.0.0.1', resolve));
      return port;
    },
  };

  /** Gives it ports of its own. It does not wait long for what does not answer. @returns where its health is */
  async prepare(): Promise<string> {
    const port = await freePort();
    this.files.set('observability.port', port);
    this.files.set('start.patience-seconds', 1);
    return `http://127.0.0.1:${port}`;
  }

  start(program = 'main.js', environment: Readonly<Record<string, string>> = this.rig.hsm.env) {
    return spawn(process.execPath, [join(repository, 'apps', this.service, 'dist', program)], {
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: join(repository, 'node_modules/.cache/ankasecure/compiled'),
        ANKASECURE_CONFIG: this.configuration,
        ANKASECURE_SECRETS: join(this.process, 'secrets'),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  private foreign(): DatabaseLogin {
    const directory = join(this.rig.dataDirectory, 'services', this.service === 'policy' ? 'audit' : 'policy');
    const document = parse(readFileSync(join(directory, 'ankasecure.yaml'), 'utf8')) as {
      ankasecure: { database: { host: string; port: number; name: string; user: string } };
    };
    const { name, ...login } = document.ankasecure.database;
    return { ...login, database: name, password: readFileSync(join(directory, 'secrets/db_password'), 'utf8').trim() };
  }

  end(): void {
    this.taken.close();
    rmSync(this.directory, { recursive: true });
  }
}

/** Waits for the end of a process. */
export const endingOf = (child: ReturnType<CopiedProcess['start']>): Promise<Ending> =>
  new Promise((resolve) => {
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
    child.once('close', (code) => resolve({ code, ...said }));
  });
