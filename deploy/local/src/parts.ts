import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseOf } from './configuration.js';
import { LocalError, messageOf } from './failure.js';
import { type Issuer, openIssuer } from './identity.js';
import { type Nats, startNats } from './nats.js';
import { type Postgres, startPostgres } from './postgres.js';
import type { StackOptions, Step, Stopper } from './stack.js';
import { type DataDirectory, freshStart } from './state.js';
import { type HsmToken, type TokenChoice, tokenFolder, tokenKinds, tokenLabel, tokenNames, tokenOf } from './token.js';

/** The parts below the services. */
export interface Parts {
  readonly data: DataDirectory;
  readonly postgres: Postgres;
  readonly nats: Nats;
  readonly hsm: HsmToken;
  /** The tokens of further partitions, each in its own directory. */
  readonly partitions: Readonly<Record<string, HsmToken>>;
  readonly issuer: Issuer;
}

/** Runs work on data that outlives a run. If it fails on data of an earlier run, the message says how to start again. */
export const keptData = async <Result>(data: DataDirectory, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (!data.reused) throw error;
    const hint = `If the data in ${data.path} is damaged, start again with: ${freshStart(data.path)}`;
    throw new LocalError(`${messageOf(error)}\n${hint}`, { cause: error });
  }
};

/** The files of a complete directory. If one is missing, the rest is useless, and creating it again would hide a loss. */
const essential = (choice: TokenChoice): readonly string[] => [
  'postgres/data/PG_VERSION',
  tokenOf(choice, 'default'),
  'identity/issuer-key.json',
];

/** Keys stay in the token that they were made in. @throws LocalError if the directory has another token than is asked for */
const assertSameToken = ({ path, reused }: DataDirectory, choice: TokenChoice): void => {
  const wanted = tokenOf(choice, 'default');
  const kept = tokenNames.find((name) => existsSync(join(path, name)));
  if (!reused || kept === undefined || existsSync(join(path, wanted))) return;
  throw new LocalError(
    `The keys in ${path} are in a ${tokenKinds[kept].title} token. Start with --token ${kept}, or name another directory with --data.`,
  );
};

const assertWhole = ({ path, reused }: DataDirectory, choice: TokenChoice): void => {
  const missing = reused ? essential(choice).find((name) => !existsSync(join(path, name))) : undefined;
  if (missing === undefined) return;
  throw new LocalError(
    `The data directory ${path} is damaged (${missing} is missing). Restore it, or start again with: ${freshStart(path)}`,
  );
};

const bringUpToken = (data: DataDirectory, step: Step, choice: TokenChoice, partition: string): Promise<HsmToken> => {
  const token = tokenOf(choice, partition);
  const { title, prepare } = tokenKinds[token];
  const directory = data.subdirectory(tokenFolder(token, partition));
  return step(`${title} token${partition === 'default' ? '' : ` of the partition ${partition}`}`, () =>
    keptData(data, () => prepare(directory, tokenLabel(partition), !data.reused)),
  );
};

export const bringUpParts = async (
  data: DataDirectory,
  step: Step,
  stopper: Stopper,
  {
    partitions: partitionNames = [],
    tokens = {},
    postgres: settings = {},
  }: Pick<StackOptions, 'partitions' | 'tokens' | 'postgres'> = {},
): Promise<Parts> => {
  assertSameToken(data, tokens);
  assertWhole(data, tokens);
  const [postgresPort, natsPort] = [await data.port('PostgreSQL'), await data.port('nats-server')];
  const log = (name: string) => ({ logFile: join(data.logDirectory, `${name}.log`), record: data.record });

  const database = { directory: join(data.path, 'postgres'), port: postgresPort, databases: Object.values(databaseOf) };
  const postgres = await step(`PostgreSQL on port ${postgresPort}`, () =>
    keptData(data, () => startPostgres({ ...database, settings, ...log('postgres') })),
  );
  stopper.add(() => postgres.stop());

  const bus = { directory: data.subdirectory('nats'), port: natsPort, partitions: partitionNames };
  const nats = await step(`nats-server on port ${natsPort}`, () => startNats({ ...bus, ...log('nats') }));
  stopper.add(() => nats.stop());

  const hsm = await bringUpToken(data, step, tokens, 'default');
  const partitions: Record<string, HsmToken> = {};
  for (const name of partitionNames) partitions[name] = await bringUpToken(data, step, tokens, name);
  const issuer = await keptData(data, () => openIssuer(data.subdirectory('identity')));
  data.markComplete();
  return { data, postgres, nats, hsm, partitions, issuer };
};
