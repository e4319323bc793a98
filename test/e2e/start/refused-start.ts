import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '@ankasecure/contracts';
import { freePort, repository } from '@ankasecure/local';
import type { ExitReason } from '@ankasecure/service-kit';
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
  /** A port that another process has until the end of the test. */
  takenPort(): Promise<number>;
}

/** A fault of the configuration, and what the sentence says. */
export interface Fault {
  readonly reason: ExitReason;
  readonly name: string;
  /** Default: every service of the row. */
  readonly services?: readonly Service[];
  readonly make: (files: Files) => void | Promise<void>;
  readonly says: RegExp;
}

const nowhere = '/nowhere/at/all';

/** One fault per way in which a row of `exitCodes` comes about. */
export const faults: readonly Fault[] = [
  {
    reason: 'configuration',
    name: 'an unknown key',
    make: ({ set }) => set('databse', {}),
    says: /ankasecure: unknown key databse/,
  },
  {
    reason: 'configuration',
    name: 'a shell’s default as a placeholder',
    make: ({ set }) => set('database.password', '${db_password:-x}'),
    says: /ankasecure\.database\.password uses a shell’s form/,
  },
  {
    reason: 'configuration',
    name: 'a secret without a value',
    make: ({ set }) => set('nats.nkey-seed', '${nats_sed}'),
    says: /ankasecure\.nats\.nkey-seed: \$\{nats_sed\} has no value/,
  },
  {
    reason: 'configuration',
    name: 'a secret file with two lines',
    make: ({ secret }) => secret('db_password', 'canary-one\ncanary-two\n'),
    says: /the secret file db_password has more than one line/,
  },
  {
    reason: 'configuration',
    name: 'a PIN with a second line break',
    services: ['crypto-worker'],
    make: ({ secret }) => secret('pkcs11_pin', 'canary\n\n'),
    says: /the secret file pkcs11_pin has an empty line/,
  },
  {
    reason: 'file',
    name: 'a missing CA of the bus',
    make: ({ set }) => set('nats.ca-file', nowhere),
    says: /the file \/nowhere\/at\/all cannot be read \(ENOENT\)/,
  },
  {
    reason: 'file',
    name: 'a CA of the bus that is no certificate',
    make: ({ set, file }) => set('nats.ca-file', file('rubbish.pem', 'rubbish')),
    says: /rubbish\.pem: there is no PEM certificate in it/,
  },
  {
    reason: 'file',
    name: 'a missing CA of the database',
    make: ({ set }) => set('database.ca-file', nowhere),
    says: /the file \/nowhere\/at\/all cannot be read \(ENOENT\)/,
  },
  {
    reason: 'file',
    name: 'a missing certificate',
    services: ['gateway'],
    make: ({ set }) => set('http.tls', { 'cert-file': nowhere, 'key-file': nowhere }),
    says: /the file \/nowhere\/at\/all cannot be read \(ENOENT\)/,
  },
  {
    reason: 'file',
    name: 'a JWK Set that is none',
    services: ['gateway'],
    make: ({ set, file }) => set('identity.issuers.0.jwks-file', file('jwks.json', '{}')),
    says: /jwks\.json: it holds no JWK Set/,
  },
  {
    reason: 'bus',
    name: 'no bus',
    make: async ({ set }) => set('nats.servers', [`tls://127.0.0.1:${await freePort()}`]),
    says: /the message bus tls:\/\/127\.0\.0\.1:\d+ cannot be used: connection refused/,
  },
  {
    reason: 'bus',
    name: 'another CA of the bus',
    make: ({ set, file, directory }) =>
      set('nats.ca-file', file('other-ca.pem', readFileSync(join(directory, '..', 'other-ca.pem'), 'utf8'))),
    says: /the message bus \S+ cannot be used: .*certificate/,
  },
  {
    reason: 'bus',
    name: 'an nkey that nobody knows',
    make: ({ secret }) => secret('nats_seed', 'SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4'),
    says: /the message bus \S+ cannot be used: .*[Aa]uthorization/,
  },
  {
    reason: 'database',
    name: 'no database',
    make: async ({ set }) => set('database.port', await freePort()),
    says: /the database ankadb_\w+ at 127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/,
  },
  {
    reason: 'database',
    name: 'a refused password',
    make: ({ secret }) => secret('db_password', 'canary'),
    says: /cannot be used: password authentication failed/,
  },
  {
    reason: 'database',
    name: 'an encrypted connection to a server that has none',
    make: ({ set, directory }) => set('database.ca-file', join(directory, '..', 'other-ca.pem')),
    says: /cannot be used: The server does not support SSL connections/,
  },
  {
    reason: 'port',
    name: 'a taken port of health and metrics',
    make: async ({ set, takenPort }) => set('observability.port', await takenPort()),
    says: /port \d+ \(observability\.port\) is taken by another process/,
  },
  {
    reason: 'port',
    name: 'a taken port of the API',
    services: ['gateway'],
    make: async ({ set, takenPort }) => set('http.port', await takenPort()),
    says: /port \d+ \(http\.port\) is taken by another process/,
  },
  {
    reason: 'hsm',
    name: 'a missing library',
    make: ({ set }) => set('hsm.pkcs11.library-path', nowhere),
    says: /the HSM of the partition default cannot be opened with \/nowhere\/at\/all: ENOENT/,
  },
  {
    reason: 'hsm',
    name: 'a library that is none',
    make: ({ set, file }) => set('hsm.pkcs11.library-path', file('library.so', 'rubbish')),
    says: /the HSM of the partition default cannot be opened with \S+library\.so: /,
  },
  {
    reason: 'hsm',
    name: 'an unknown profile',
    make: ({ set }) => set('hsm.pkcs11.profile', 'lunna'),
    says: /no vendor profile is named lunna; the profiles are /,
  },
  {
    reason: 'pin',
    name: 'a refused PIN',
    make: ({ secret }) => secret('pkcs11_pin', 'canary-pin'),
    says: /the HSM of the partition default refused the PIN\. It is not tried again/,
  },
  {
    reason: 'pin',
    name: 'a PIN that was refused before',
    make: ({ secret }) => secret('pkcs11_pin', 'canary-pin'),
    says: /refused this PIN at [-0-9: ]+ UTC, so it was not tried again/,
  },
];

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of a process's files, in which a test makes a fault. */
export class FaultyProcess {
  private readonly directory = mkdtempSync(join(tmpdir(), 'anka-refused-'));
  private readonly taken = createServer();

  constructor(
    private readonly rig: OwnRig,
    private readonly service: Service,
    private readonly otherAuthority: string,
  ) {
    const name = service === 'crypto-worker' ? 'crypto-worker-1' : service;
    cpSync(join(rig.dataDirectory, 'services', name), join(this.directory, 'process'), { recursive: true });
    writeFileSync(join(this.directory, 'other-ca.pem'), this.otherAuthority);
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
    takenPort: async () => {
      const port = await freePort();
      await new Promise<void>((resolve) => this.taken.listen(port, '127.0.0.1', resolve));
      return port;
    },
  };

  /** Starts the program on ports of its own. Nobody waits long for what does not answer. */
  async start() {
    this.files.set('observability.port', await freePort());
    if (this.service === 'gateway') this.files.set('http.port', await freePort());
    this.files.set('start.patience-seconds', 1);
    return (program = 'main.js') =>
      spawn(process.execPath, [join(repository, 'apps', this.service, 'dist', program)], {
        env: {
          PATH: process.env['PATH'],
          ANKASECURE_CONFIG: this.configuration,
          ANKASECURE_SECRETS: join(this.process, 'secrets'),
          ...this.rig.softHsm.env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
  }

  end(): void {
    this.taken.close();
    rmSync(this.directory, { recursive: true });
  }
}

/** Waits for the end of a process. */
export const endingOf = (child: ReturnType<Awaited<ReturnType<FaultyProcess['start']>>>): Promise<Ending> =>
  new Promise((resolve) => {
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
    child.once('close', (code) => resolve({ code, ...said }));
  });
