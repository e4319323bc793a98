import { join } from 'node:path';
import type { Service } from '@ankasecure/contracts';
import type { ConfigurationPatch } from './configuration.js';
import { createFleet, type Fleet, type UnexpectedExit, workerName } from './fleet.js';
import type { TokenClaims } from './identity.js';
import { launch, migrateAll, observabilityPort } from './launch.js';
import type { Nats } from './nats.js';
import { bringUpParts, keptData } from './parts.js';
import type { Postgres, PostgresOptions } from './postgres.js';
import { writePrivate } from './secret.js';
import { repository } from './service.js';
import { openDataDirectory } from './state.js';
import type { HsmToken, TokenChoice } from './token.js';

/** Additional options for the processes of one service. */
export interface ServiceOptions {
  /** Merged into the service's YAML below `ankasecure`. */
  readonly configuration?: ConfigurationPatch;
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
}

/** Runs one step of the start and can show it. */
export type Step = <Result>(what: string, work: () => Promise<Result>) => Promise<Result>;

export interface StackOptions {
  /** Default: `.ankasecure` in the root of the repository. */
  readonly dataDirectory?: string;
  /** Deletes the contents of the directory first. */
  readonly fresh?: boolean;
  /** The number of crypto-workers on the token. Default: 1. */
  readonly workers?: number;
  /** Further HSM partitions. Each is its own token with one crypto-worker. */
  readonly partitions?: readonly string[];
  readonly tokens?: TokenChoice;
  /** Settings of PostgreSQL, as in `postgres -c name=value`. */
  readonly postgres?: PostgresOptions['settings'];
  readonly services?: Partial<Record<Service, ServiceOptions>>;
  readonly step?: Step;
  readonly onUnexpectedExit?: UnexpectedExit;
}

export interface Stack extends Fleet {
  /** The URL of the gateway, `http://127.0.0.1:<port>`. */
  readonly baseUrl: string;
  readonly dataDirectory: string;
  readonly postgres: Postgres;
  readonly nats: Nats;
  readonly hsm: HsmToken;
  /** The tokens of further partitions. */
  readonly partitions: Readonly<Record<string, HsmToken>>;
  mint(claims: TokenClaims): Promise<string>;
  /** Saves an access token for the user. @returns its file */
  saveToken(name: string, token: string): string;
  /** The logs of the service processes and of `postgres` and `nats`. */
  pids(): Record<string, number>;
  /** The base URL of a service process's `/readyz` and `/metrics`. */
  observabilityUrl(name: string): Promise<string>;
  logFile(name: string): string;
}

const showNothing: Step = (_, work) => work();

/** Parts to stop, in reverse order of their start. */
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

/** Waits for all even if one fails, so that nothing is left half started. */
const startAll = async (fleet: Fleet, names: readonly string[]): Promise<void> => {
  const results = await Promise.allSettled(names.map((name) => fleet.start(name)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
};

/**
 * Starts PostgreSQL, nats-server, an HSM token and the four services, on their own ports and in their own directory.
 * @throws LocalError with one sentence for the user, after everything that was started has been stopped
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
    const parts = await bringUpParts(data, step, stopper, options);
    await step('database schemas', () => keptData(data, () => migrateAll(parts, options)));
    const fleet = createFleet((name) => launch(name, parts, options), options.onUnexpectedExit);
    stopper.add(() => fleet.stop());
    await step(`services ${names.join(', ')}`, () => startAll(fleet, names));

    const { postgres, nats, hsm, partitions, issuer } = parts;
    return {
      ...fleet,
      baseUrl: `http://127.0.0.1:${httpPort}`,
      dataDirectory: data.path,
      postgres,
      nats,
      hsm,
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
