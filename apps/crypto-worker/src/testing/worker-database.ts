import { randomBytes } from 'node:crypto';
import { type AuditEvent, type Context, monotonicNow, type OfferedEvent } from '@ankasecure/contracts';
import { Clock, ComparingDataSource, dataSourceOptions, Outbox, type ServiceConfig } from '@ankasecure/service-kit';
import {
  type DatabaseLogin,
  type Postgres,
  startMigratedPostgres,
  startTestDatabase,
  testProof,
} from '@ankasecure/testing';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { CertifiedModule } from '../custody/certified-module.js';
import type { Custody } from '../custody/custody.js';
import { Partition, pkcs11Section } from '../custody/partition.js';
import * as migrations from '../migrations/index.js';
import { schema } from '../schema.js';
import { TestSeals } from './test-seals.js';

export const silent = pino({ level: 'silent' });

/** A clock that has read no database's, and shows the process's own time. */
export const ownClock = new Clock({ maximumSkewMs: 2_000 });

/** The database as the workers of one partition connect to it. */
export interface PartitionDatabase {
  readonly config: ServiceConfig['database'];
  /** Connects as the workers' role. */
  readonly dataSource: DataSource;
  /** Writes events and delivers none, so that tests can read them. */
  readonly outbox: Outbox;
  /** Seals the records that `dataSource` writes. */
  readonly seals: TestSeals;
}

/** The database as the workers of the partition `default` connect to it. */
export interface WorkerDatabase extends PartitionDatabase {
  /** Connects as the superuser, whom no row-level security stops. */
  readonly superuser: DataSource;
  /** Connects as the workers of another partition. It is closed with the rest. */
  as(partition: string): Promise<PartitionDatabase>;
  /** Every waiting event without its proof, oldest first. */
  events(): Promise<AuditEvent[]>;
  stop(): Promise<void>;
}

/** The past of a database: it was used with only the first migrations. */
export interface Past {
  readonly migrations: number;
  fill(superuser: DataSource): Promise<void>;
}

const configOf = ({ database, ...login }: DatabaseLogin) => ({ ...login, name: database, poolSize: 8 });

const database = 'ankadb_keys';
const steps = Object.values(migrations);

const open = (login: DatabaseLogin, migrated = steps): Promise<DataSource> =>
  new ComparingDataSource(dataSourceOptions('test', configOf(login), { ...schema, migrations: migrated })).initialize();

const migrate = async (postgres: Postgres, most?: number): Promise<void> => {
  const owner = await open(postgres.login(database, 'owner'), steps.slice(0, most));
  await owner.runMigrations({ transaction: 'each' });
  await owner.destroy();
};

/** A PostgreSQL whose database went through all migrations, the later ones after it was used. */
const startAged = async ({ migrations, fill }: Past): Promise<Postgres> => {
  const postgres = await startTestDatabase(database);
  try {
    await migrate(postgres, migrations);
    const superuser = await open(postgres.login(database, 'superuser'));
    await fill(superuser).finally(() => superuser.destroy());
    await migrate(postgres);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
};

/** Starts a PostgreSQL with a migrated `ankadb_keys`. */
export const startWorkerDatabase = async (past?: Past): Promise<WorkerDatabase> => {
  const postgres = await (past === undefined
    ? startMigratedPostgres({ service: 'crypto-worker', database, schema })
    : startAged(past));
  const superuser = await open(postgres.login(database, 'superuser'));
  const opened: DataSource[] = [superuser];
  const connect = async (partition: string): Promise<PartitionDatabase> => {
    const login = await postgres.partitionLogin(database, partition);
    const dataSource = await open(login);
    opened.push(dataSource);
    const seals = new TestSeals(dataSource);
    return {
      seals,
      config: configOf(login),
      dataSource,
      outbox: new Outbox(testProof('crypto-worker', partition), dataSource, undefined as never, silent),
    };
  };
  const known = new Map<string, Promise<PartitionDatabase>>();
  const as = (partition: string): Promise<PartitionDatabase> => {
    const connected = known.get(partition) ?? connect(partition);
    known.set(partition, connected);
    return connected;
  };
  return {
    ...(await as('default')),
    superuser,
    as,
    async events() {
      const rows = await superuser.query<{ events: string }[]>('SELECT events FROM outbox ORDER BY id');
      const offered = rows.flatMap((row) => JSON.parse(row.events) as OfferedEvent[]);
      return offered.map(({ proof: _, ...event }) => event);
    },
    async stop() {
      for (const each of opened) if (each.isInitialized) await each.destroy();
      await postgres.stop();
    },
  };
};

/** A partition of this name, without a token. */
export const partitionNamed = (name: string): Partition =>
  new Partition(name, pkcs11Section.parse({ libraryPath: 'none', pin: 'none' }));

/** An HSM without a configured certificate. */
export const uncertified = new CertifiedModule(partitionNamed('default'), { token: { firmware: '1.0' } } as Custody);

export const contextOf = (tenantId: string): Context => ({
  tenantId,
  principal: 'tester',
  roles: ['tenant-admin'],
  correlationId: crypto.randomUUID(),
  deadline: monotonicNow() + 60_000,
});

/** Puts an active EC-P256 key on record, with its first version. No token has the key. */
export const insertKey = async (superuser: DataSource, tenantId: string, keyId: string): Promise<void> => {
  await superuser.query(
    `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'k', 'EC-P256', 'sign', '{ES256}', 'x')`,
    [tenantId, keyId],
  );
  await superuser.query(
    `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id)
     VALUES ($1, $2, 1, 'ACTIVE', 'token', 'default', 't', 's', $3)`,
    [tenantId, keyId, randomBytes(16)],
  );
};
