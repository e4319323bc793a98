import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '@ankasecure/contracts';
import { stringify } from 'yaml';
import type { DatabaseLogin } from './database.js';
import { audience, issuer } from './identity.js';
import { writePrivate } from './secret.js';

/** A part of a service's YAML below the root `ankasecure`. */
export type ConfigurationPatch = Readonly<Record<string, unknown>>;

/** The addresses and credentials that a process gets. */
export interface Wiring {
  readonly nats: { readonly url: string; readonly caFile: string; readonly seed: string };
  readonly database: { readonly app: DatabaseLogin; readonly owner: DatabaseLogin };
  readonly observabilityPort: number;
  readonly httpPort: number;
  readonly jwksFile: string;
  readonly cursorSecret: string;
  /** HSM partitions besides the default one. */
  readonly partitions: readonly string[];
  readonly hsm: {
    readonly partition: string;
    /** The vendor profile. */
    readonly name: string;
    readonly libraryPath: string;
    readonly tokenLabel: string;
    readonly tokenSerial: string;
    readonly pin: string;
  };
}

export const databaseOf = {
  gateway: 'ankadb_gateway',
  policy: 'ankadb_policy',
  'crypto-worker': 'ankadb_keys',
  audit: 'ankadb_audit',
} as const satisfies Record<Service, string>;

const mebibyte = 1024 * 1024;
const withCursors = { 'cursor-secret': '${cursor_secret}' };

const pkcs11Section = (hsm: Wiring['hsm']) => ({
  'library-path': hsm.libraryPath,
  'token-label': hsm.tokenLabel,
  'token-serial': hsm.tokenSerial,
  pin: '${pkcs11_pin}',
  'kek-label-prefix': 'ankasecure:kek:tenant',
  'session-pool-size': 2,
  'session-timeout-seconds': 30,
  profile: hsm.name,
});

/** Each service's own sections, in addition to the common ones. */
const sections: Record<Service, (wiring: Wiring) => ConfigurationPatch> = {
  gateway: ({ httpPort, jwksFile }) => ({
    http: { host: '127.0.0.1', port: httpPort, 'body-limit-bytes': 4 * mebibyte },
    identity: {
      issuers: [
        {
          issuer,
          audience,
          'jwks-file': jwksFile,
          algorithms: ['ES256'],
          claims: { tenant: 'tenant', roles: 'roles' },
          platform: true,
        },
      ],
      repairers: [{ issuer, subject: 'platform-administrator' }],
      'service-accounts': { issuer: `http://127.0.0.1:${httpPort}` },
      // Tokens of this machine are valid for a week.
      'max-token-life-seconds': 700_000,
    },
    quota: { 'requests-per-second': 50_000, burst: 50_000 },
  }),
  policy: ({ partitions }) => ({ ...withCursors, ...(partitions.length > 0 && { partitions }) }),
  audit: () => withCursors,
  'crypto-worker': ({ hsm }) => ({
    ...withCursors,
    partition: hsm.partition,
    hsm:
      hsm.partition === 'default'
        ? { pkcs11: pkcs11Section(hsm) }
        : { partitions: { [hsm.partition]: pkcs11Section(hsm) } },
    'audit-mac': { mode: 'day-key' },
    lifecycle: { 'minimum-waiting-days': 0 },
  }),
};

const natsSeed = ({ nats }: Wiring): string => nats.seed;
const databasePassword = ({ database }: Wiring): string => database.app.password;
const cursorSecret = (wiring: Wiring): string => wiring.cursorSecret;
const everybody = { nats_seed: natsSeed, db_password: databasePassword };

/** The secret files that each service may read. Only the crypto-worker gets the PIN. */
const secrets: Record<Service, Readonly<Record<string, (wiring: Wiring) => string>>> = {
  gateway: everybody,
  policy: { ...everybody, cursor_secret: cursorSecret },
  audit: { ...everybody, cursor_secret: cursorSecret },
  'crypto-worker': { ...everybody, cursor_secret: cursorSecret, pkcs11_pin: ({ hsm }) => hsm.pin },
};

const databaseSection = (login: DatabaseLogin) => ({
  host: login.host,
  port: login.port,
  name: login.database,
  user: login.user,
  password: '${db_password}',
});

const isSection = (value: unknown): value is ConfigurationPatch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Merges `patch` into `base`, section by section. Lists and values are replaced. */
export const patched = (base: ConfigurationPatch, patch: ConfigurationPatch): ConfigurationPatch => {
  const entries = Object.entries(patch).map(([key, value]): [string, unknown] => {
    const before = base[key];
    return [key, isSection(before) && isSection(value) ? patched(before, value) : value];
  });
  return { ...base, ...Object.fromEntries(entries) };
};

export const serviceDocument = (service: Service, wiring: Wiring): ConfigurationPatch => ({
  nats: { servers: [wiring.nats.url], 'nkey-seed': '${nats_seed}', 'ca-file': wiring.nats.caFile },
  database: databaseSection(wiring.database.app),
  observability: { host: '127.0.0.1', port: wiring.observabilityPort, 'log-level': 'info' },
  ...sections[service](wiring),
});

/** The configuration of `migrate`: the database and its owner's login, which the service itself never gets. */
export const migrationDocument = ({ database }: Wiring): ConfigurationPatch => ({
  database: {
    ...databaseSection(database.app),
    owner: { user: database.owner.user, password: '${db_owner_password}' },
  },
});

/** The environment variables that name a process's configuration. */
export interface ConfigurationEnvironment {
  readonly ANKASECURE_CONFIG: string;
  readonly ANKASECURE_SECRETS: string;
}

const write = (
  directory: string,
  document: ConfigurationPatch,
  files: Readonly<Record<string, string>>,
): ConfigurationEnvironment => {
  const secretsDirectory = join(directory, 'secrets');
  mkdirSync(secretsDirectory, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(files)) writePrivate(join(secretsDirectory, name), content);
  const configuration = writePrivate(join(directory, 'ankasecure.yaml'), stringify({ ankasecure: document }));
  return { ANKASECURE_CONFIG: configuration, ANKASECURE_SECRETS: secretsDirectory };
};

/** Writes a service's configuration file and secrets into its own `directory`. */
export const writeServiceConfiguration = (
  directory: string,
  service: Service,
  wiring: Wiring,
  patch: ConfigurationPatch = {},
): ConfigurationEnvironment => {
  const files = Object.entries(secrets[service]).map(([name, secret]) => [name, secret(wiring)] as const);
  return write(directory, patched(serviceDocument(service, wiring), patch), Object.fromEntries(files));
};

/** Writes the configuration file and secrets of the service's `migrate`. */
export const writeMigrationConfiguration = (directory: string, wiring: Wiring): ConfigurationEnvironment =>
  write(directory, migrationDocument(wiring), {
    db_password: wiring.database.app.password,
    db_owner_password: wiring.database.owner.password,
  });
