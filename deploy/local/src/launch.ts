import type { Service } from '@ankasecure/contracts';
import { services } from '@ankasecure/contracts';
import type { Child } from './child.js';
import { databaseOf, type Wiring, writeMigrationConfiguration, writeServiceConfiguration } from './configuration.js';
import { LocalError } from './failure.js';
import { partitionOf, serviceOf, workerName } from './fleet.js';
import type { Nats } from './nats.js';
import type { Parts } from './parts.js';
import { keptSecret } from './secret.js';
import { type ProcessOptions, runMigrations, startService } from './service.js';
import type { ServiceOptions, StackOptions } from './stack.js';
import type { DataDirectory } from './state.js';
import type { HsmToken } from './token.js';

/** The port on which a service process serves health and metrics. */
export const observabilityPort = (data: DataDirectory, name: string): Promise<number> =>
  data.port(`${name} (health and metrics)`);

const tokenOf = ({ hsm, partitions }: Parts, partition: string): HsmToken => {
  const found = partition === 'default' ? hsm : partitions[partition];
  if (found === undefined) throw new LocalError(`There is no partition named ${partition}`);
  return found;
};

const seedOf = ({ seeds, partitionSeeds }: Nats, service: Service, partition: string): string =>
  (service === 'crypto-worker' ? partitionSeeds[partition] : undefined) ?? seeds[service];

const wiringOf = async (name: string, parts: Parts): Promise<Wiring> => {
  const { data, postgres, nats, partitions, issuer } = parts;
  const partition = partitionOf(name);
  const service = serviceOf(name);
  const database = databaseOf[service];
  const isWorker = service === 'crypto-worker';
  const app = isWorker ? await postgres.partitionLogin(database, partition) : postgres.login(database, 'app');
  return {
    nats: { url: nats.url, caFile: nats.caFile, seed: seedOf(nats, service, partition) },
    database: { app, owner: postgres.login(database, 'owner') },
    observabilityPort: await observabilityPort(data, name),
    httpPort: await data.port('gateway'),
    jwksFile: issuer.jwksFile,
    cursorSecret: keptSecret(data.subdirectory('cursor-secrets'), service),
    partitions: Object.keys(partitions),
    hsm: { ...tokenOf(parts, partition), partition },
  };
};

const processOptions = (
  name: string,
  parts: Parts,
  options: ServiceOptions = {},
): Omit<ProcessOptions, 'configuration'> => {
  const service = serviceOf(name);
  const hsm = service === 'crypto-worker' ? tokenOf(parts, partitionOf(name)).env : {};
  return {
    name,
    service,
    environment: { ...hsm, ...options.environment },
    nodeFlags: options.nodeFlags ?? [],
    logDirectory: parts.data.logDirectory,
    record: parts.data.record,
  };
};

/** Migrates the four databases in parallel, each as its owner. */
export const migrateAll = async (parts: Parts, options: StackOptions): Promise<void> => {
  const migrate = async (service: Service): Promise<void> => {
    const name = service === 'crypto-worker' ? workerName(1) : service;
    const directory = parts.data.subdirectory('services', `${service}-migrate`);
    const configuration = writeMigrationConfiguration(directory, await wiringOf(name, parts));
    await runMigrations({ ...processOptions(name, parts, options.services?.[service]), configuration });
  };
  await Promise.all(services.map(migrate));
};

/** Starts the service process `name` and waits until it is ready. */
export const launch = async (name: string, parts: Parts, options: StackOptions): Promise<Child> => {
  const service = serviceOf(name);
  const patch = options.services?.[service];
  const directory = parts.data.subdirectory('services', name);
  const wiring = await wiringOf(name, parts);
  const configuration = writeServiceConfiguration(directory, service, wiring, patch?.configuration);
  return startService({ ...processOptions(name, parts, patch), configuration }, wiring.observabilityPort);
};
