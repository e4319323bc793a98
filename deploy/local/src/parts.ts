import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseOf } from './configuration.js';
import { LocalError, messageOf } from './failure.js';
import { type Issuer, openIssuer } from './identity.js';
import { type Nats, startNats } from './nats.js';
import { type Postgres, startPostgres } from './postgres.js';
import { prepareSoftHsm, type SoftHsm } from './softhsm.js';
import type { StackOptions, Step, Stopper } from './stack.js';
import { type DataDirectory, freshStart } from './state.js';

/** The parts below the services. */
export interface Parts {
  readonly data: DataDirectory;
  readonly postgres: Postgres;
  readonly nats: Nats;
  readonly softHsm: SoftHsm;
  /** The tokens of further partitions, each in its own directory. */
  readonly partitions: Readonly<Record<string, SoftHsm>>;
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
const essential = ['postgres/data/PG_VERSION', 'softhsm', 'identity/issuer-key.json'];

const assertWhole = ({ path, reused }: DataDirectory): void => {
  const missing = reused ? essential.find((name) => !existsSync(join(path, name))) : undefined;
  if (missing === undefined) return;
  throw new LocalError(
    `The data directory ${path} is damaged (${missing} is missing). Restore it, or start again with: ${freshStart(path)}`,
  );
};

export const bringUpParts = async (
  data: DataDirectory,
  step: Step,
  stopper: Stopper,
  { partitions: partitionNames = [], postgres: settings = {} }: Pick<StackOptions, 'partitions' | 'postgres'> = {},
): Promise<Parts> => {
  assertWhole(data);
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

  const softHsm = await step('SoftHSM token', () =>
    keptData(data, () => prepareSoftHsm(data.subdirectory('softhsm'), 'ankasecure', !data.reused)),
  );
  const partitions: Record<string, SoftHsm> = {};
  for (const name of partitionNames)
    partitions[name] = await step(`SoftHSM token of the partition ${name}`, () =>
      keptData(data, () => prepareSoftHsm(data.subdirectory(`softhsm-${name}`), `ankasecure-${name}`, !data.reused)),
    );
  const issuer = await keptData(data, () => openIssuer(data.subdirectory('identity')));
  data.markComplete();
  return { data, postgres, nats, softHsm, partitions, issuer };
};
