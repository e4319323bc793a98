import type { Service } from '@ankasecure/contracts';
import { services } from '@ankasecure/contracts';
import type { Child } from './child.js';
import { databaseOf, type Wiring, writeMigrationConfiguration, writeServiceConfiguration } from './configuration.js';
import { serviceOf, workerName } from './fleet.js';
import type { Parts } from './parts.js';
import { keptSecret } from './secret.js';
import { type ProcessOptions, runMigrations, startService } from './service.js';
import type { ServiceOptions, StackOptions } from './stack.js';
import type { DataDirectory } from './state.js';

/** Where a service process serves health and metrics. */
export const observabilityPort = (data: DataDirectory, name: string): Promise<number> =>
  data.port(`${name} (health and metrics)`);

const wiringOf = async (name: string, { data, postgres, nats, softHsm, issuer }: Parts): Promise<Wiring> => {
  const service = serviceOf(name);
  const database = databaseOf[service];
  return {
    nats: { url: nats.url, caFile: nats.caFile, seed: nats.seeds[service] },
    database: { app: postgres.login(database, 'app'), owner: postgres.login(database, 'owner') },
    observabilityPort: await observabilityPort(data, name),
    httpPort: await data.port('gateway'),
    jwksFile: issuer.jwksFile,
    cursorSecret: keptSecret(data.subdirectory('cursor-secrets'), service),
    hsm: softHsm,
  };
};

const processOptions = (
  name: string,
  parts: Parts,
  options: ServiceOptions = {},
): Omit<ProcessOptions, 'configuration'> => {
  const service = serviceOf(name);
  const hsm = service === 'crypto-worker' ? parts.softHsm.env : {};
  return {
    name,
    service,
    environment: { ...hsm, ...options.environment },
    nodeFlags: options.nodeFlags ?? [],
    logDirectory: parts.data.logDirectory,
    record: parts.data.record,
  };
};

/** Brings the four databases forward, each as its owner, all at once. */
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
