import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DatabaseLogin,
  type HsmToken,
  type Issuer,
  openIssuer,
  queryOnce,
  type Stack,
  type StackOptions,
  startStack,
} from '@ankasecure/local';

/** A running stack as specs see it, from any process. */
export interface RigAddress {
  readonly baseUrl: string;
  readonly dataDirectory: string;
  readonly superuser: DatabaseLogin;
  readonly hsm: HsmToken;
  /** The base URL of each service process's health and metrics. */
  readonly observability: Readonly<Record<string, string>>;
}

export interface Rig extends RigAddress {
  readonly workers: readonly string[];
  mint: Issuer['mint'];
  /** Runs a query as the superuser, who bypasses row-level security. */
  query(database: Database, sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

export const databases = ['ankadb_gateway', 'ankadb_policy', 'ankadb_keys', 'ankadb_audit'] as const;
export type Database = (typeof databases)[number];

/** A spec's own stack, which it may break. `stop` also deletes it. */
export interface OwnRig extends Rig {
  readonly stack: Stack;
  stop(): Promise<void>;
}

export const rigAt = async (address: RigAddress): Promise<Rig> => {
  const { mint } = await openIssuer(join(address.dataDirectory, 'identity'));
  return {
    ...address,
    mint,
    workers: Object.keys(address.observability).filter((name) => name.startsWith('crypto-worker')),
    query: (database, sql, values) => queryOnce({ ...address.superuser, database }, sql, values),
  };
};

export const addressOf = async (stack: Stack): Promise<RigAddress> => ({
  baseUrl: stack.baseUrl,
  dataDirectory: stack.dataDirectory,
  superuser: stack.postgres.login('postgres', 'superuser'),
  hsm: stack.hsm,
  observability: Object.fromEntries(
    await Promise.all(stack.names().map(async (name) => [name, await stack.observabilityUrl(name)] as const)),
  ),
});

/** Specs kill servers, never the machine, so nothing that they test needs a disk. */
const postgres = { fsync: 'off' };

/** Starts a stack in its own directory, with two crypto-workers by default. */
export const startOwnRig = async (options: StackOptions = {}): Promise<OwnRig> => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'anka-e2e-'));
  // A PostgreSQL that was killed leaves processes that write for a moment.
  const remove = (): Promise<void> =>
    rm(dataDirectory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  try {
    const stack = await startStack({ workers: 2, postgres, ...options, dataDirectory });
    return {
      ...(await rigAt(await addressOf(stack))),
      stack,
      stop: async () => {
        await stack.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
};
