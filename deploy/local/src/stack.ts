import { join } from 'node:path';
import type { Service } from '@ankasecure/contracts';
import type { ConfigurationPatch } from './configuration.js';
import { createFleet, type Fleet, type UnexpectedExit, workerName } from './fleet.js';
import type { TokenClaims } from './identity.js';
import { launch, migrateAll, observabilityPort } from './launch.js';
import type { Nats } from './nats.js';
import { bringUpParts, keptData } from './parts.js';
import type { Postgres } from './postgres.js';
import { writePrivate } from './secret.js';
import { repository } from './service.js';
import type { SoftHsm } from './softhsm.js';
import { openDataDirectory } from './state.js';

/** What the processes of one service get beyond the ordinary. */
export interface ServiceOptions {
  /** Laid over the service's YAML, below `ankasecure`. */
  readonly configuration?: ConfigurationPatch;
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
}

/** Runs one step of the start, and may show it. */
export type Step = <Result>(what: string, work: () => Promise<Result>) => Promise<Result>;

export interface StackOptions {
  /** Default `<clone>/.ankasecure`. */
  readonly dataDirectory?: string;
  /** Deletes what the directory holds and begins anew. */
  readonly fresh?: boolean;
  /** Crypto-workers on the one token. Default 1. */
  readonly workers?: number;
  /** HSM partitions besides the default one: each is a token of its own with one crypto-worker. */
  readonly partitions?: readonly string[];
  readonly services?: Partial<Record<Service, ServiceOptions>>;
  readonly step?: Step;
  readonly onUnexpectedExit?: UnexpectedExit;
}

export interface Stack extends Fleet {
  /** `http://127.0.0.1:<port>` of the gateway. */
  readonly baseUrl: string;
  readonly dataDirectory: string;
  readonly postgres: Postgres;
  readonly nats: Nats;
  readonly softHsm: SoftHsm;
  /** Of the partitions besides the default one. */
  readonly partitions: Readonly<Record<string, SoftHsm>>;
  mint(claims: TokenClaims): Promise<string>;
  /** Keeps a token for people to use. @returns the file */
  saveToken(name: string, token: string): string;
  /** Of the service processes, and of `postgres` and `nats`. */
  pids(): Record<string, number>;
  /** Where `/readyz` and `/metrics` of a service process are. */
  observabilityUrl(name: string): Promise<string>;
  logFile(name: string): string;
}

const showNothing: Step = (_, work) => work();

/** Things to be stopped, the last started first. */
export interface Stopper {
  add(stop: () => Promise<void> | void): void;
  stop(): Promise<void>;
}

const createStopper = (): Stopper => {
  const stops: (() => Promise<void> | void)[] = [];
  return {
    add: (stop) => void stops.unshift(stop),
    stop: async () => {
      for (const stop of stops.splice(0)) await stop();
    },
  };
};

/** Waits for all even when one fails, so that nothing is left half started. */
const startAll = async (fleet: Fleet, names: readonly string[]): Promise<void> => {
  const results = await Promise.allSettled(names.map((name) => fleet.start(name)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
};

/**
 * Brings up PostgreSQL, nats-server, a SoftHSM token and the four services, on ports and in a directory of their own.
 * @throws LocalError with one sentence for people; what had been started is stopped then
 */
export const startStack = async (options: StackOptions = {}): Promise<Stack> => {
  const { step = showNothing, workers = 1, fresh = false } = options;
  const data = await openDataDirectory(options.dataDirectory ?? join(repository, '.ankasecure'), fresh);
  const stopper = createStopper();
  stopper.add(() => data.release());
  try {
    const workerNames = [
      ...Array.from({ length: workers }, (_, index) => workerName(index + 1)),
      ...(options.partitions ?? []).map((partition) => workerName(1, partition)),
    ];
    const names = ['gateway', 'policy', 'audit', ...workerNames];
    const httpPort = await data.port('gateway');
    for (const name of names) await observabilityPort(data, name);
    const parts = await bringUpParts(data, step, stopper, options.partitions);
    await step('database schemas', () => keptData(data, () => migrateAll(parts, options)));
    const fleet = createFleet((name) => launch(name, parts, options), options.onUnexpectedExit);
    stopper.add(() => fleet.stop());
    await step(`services ${names.join(', ')}`, () => startAll(fleet, names));

    const { postgres, nats, softHsm, partitions, issuer } = parts;
    return {
      ...fleet,
      baseUrl: `http://127.0.0.1:${httpPort}`,
      dataDirectory: data.path,
      postgres,
      nats,
      softHsm,
      partitions,
      mint: (claims) => issuer.mint(claims),
      saveToken: (name, token) => writePrivate(join(data.subdirectory('tokens'), `${name}.jwt`), token),
      pids: () => ({ ...fleet.pids(), postgres: postgres.process.pid, nats: nats.process.pid }),
      observabilityUrl: async (name) => `http://127.0.0.1:${await observabilityPort(data, name)}`,
      logFile: (name) => join(data.logDirectory, `${name}.log`),
      stop: () => stopper.stop(),
    };
  } catch (error) {
    await stopper.stop();
    throw error;
  }
};
