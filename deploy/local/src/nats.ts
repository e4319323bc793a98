import { join } from 'node:path';
import { type BusPermissions, permissionsOf, type Service, services } from '@ankasecure/contracts';
import { createUser } from '@nats-io/nkeys';
import { makeCertificates } from './certificate.js';
import { type Child, type ChildOptions, startChild, waitUntilReady } from './child.js';
import { commandPath } from './command.js';
import { isListening } from './port.js';
import { privateDirectory, writePrivate } from './secret.js';

export interface NatsOptions {
  /** The server's private directory for certificates, configuration and log. */
  readonly directory: string;
  readonly port: number;
  /** The partition that the worker's identity serves. */
  readonly partition?: string;
  /** Further partitions, each served by workers with their own identity. */
  readonly partitions?: readonly string[] | undefined;
  /** Default: a file in `directory`. */
  readonly logFile?: string;
  readonly record?: ChildOptions['record'];
}

export interface Nats {
  readonly port: number;
  /** `tls://127.0.0.1:<port>` */
  readonly url: string;
  readonly caFile: string;
  /** Each service's nkey seed. It is new at every start. */
  readonly seeds: Readonly<Record<Service, string>>;
  /** The nkey seed of the workers of each further partition. */
  readonly partitionSeeds: Readonly<Record<string, string>>;
  readonly process: Child;
  stop(): Promise<void>;
}

export interface NatsUser {
  readonly nkey: string;
  readonly permissions: BusPermissions;
}

export interface NatsTls {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** The limit is large enough for the largest batch. HTTP bodies are limited well below it. */
export const maxPayloadBytes = 8 * 1024 * 1024;

/**
 * The configuration of nats-server: TLS only, no anonymous user, and a user may do only what is listed. The receiver of a
 * request may answer it once, within two minutes. A client that does not answer pings is disconnected after some nine seconds,
 * so that others of its queue group get its requests.
 */
export const natsConfiguration = (
  port: number,
  tls: NatsTls,
  users: readonly NatsUser[],
  host = '127.0.0.1',
): string => {
  const list = (subjects: readonly string[]): string =>
    `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;
  const user = ({ nkey, permissions }: NatsUser): string => {
    // nats-server takes an empty list as "everything is allowed".
    if (!permissions.publish.length || !permissions.subscribe.length) throw new Error(`no permissions for ${nkey}`);
    return `    { nkey: ${nkey}, permissions: {
      publish: { allow: ${list(permissions.publish)} }
      subscribe: { allow: ${list(permissions.subscribe)} }
      allow_responses: { max: 1, expires: "2m" }
    } }`;
  };
  return `listen: "${host}:${port}"
server_name: ankasecure
max_payload: ${maxPayloadBytes}
max_pending: ${8 * maxPayloadBytes}
ping_interval: "3s"
ping_max: 2
write_deadline: "5s"
tls { cert_file: ${JSON.stringify(tls.certificateFile)}, key_file: ${JSON.stringify(tls.keyFile)}, timeout: 5 }
authorization {
  timeout: 5
  users: [
${users.map(user).join('\n')}
  ]
}
`;
};

/** Starts a nats-server on 127.0.0.1 with one identity per service, which has the permissions of its contracts. */
export const startNats = async (options: NatsOptions): Promise<Nats> => {
  const { port, partition = 'default', partitions = [] } = options;
  const directory = privateDirectory(options.directory);
  const { caFile, ...tls } = await makeCertificates(directory);
  const pairs = services.map((service) => [service, createUser()] as const);
  const elsewhere = partitions.map((name) => [name, createUser()] as const);
  const users = [
    ...pairs.map(([service, pair]) => ({
      nkey: pair.getPublicKey(),
      permissions: permissionsOf(service, service === 'crypto-worker' ? partition : '*'),
    })),
    ...elsewhere.map(([name, pair]) => ({
      nkey: pair.getPublicKey(),
      permissions: permissionsOf('crypto-worker', name),
    })),
  ];
  const configurationFile = writePrivate(join(directory, 'nats.conf'), natsConfiguration(port, tls, users));
  const child = startChild({
    name: 'nats',
    command: commandPath('nats-server', 'nats-server'),
    args: ['--config', configurationFile],
    logFile: options.logFile ?? join(directory, 'nats.log'),
    stopSignal: 'SIGTERM',
    ...(options.record && { record: options.record }),
  });
  await waitUntilReady(child, () => isListening(port));
  const seed = (pair: ReturnType<typeof createUser>): string => new TextDecoder().decode(pair.getSeed());
  return {
    port,
    url: `tls://127.0.0.1:${port}`,
    caFile,
    seeds: Object.fromEntries(pairs.map(([service, pair]) => [service, seed(pair)])) as Record<Service, string>,
    partitionSeeds: Object.fromEntries(elsewhere.map(([name, pair]) => [name, seed(pair)])),
    process: child,
    stop: () => child.stop(),
  };
};
