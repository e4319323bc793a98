import { randomBytes } from 'node:crypto';
import { type AuditEvent, type Context, monotonicNow } from '@ankasecure/contracts';
import { Clock, dataSourceOptions, Outbox, type ServiceConfig } from '@ankasecure/service-kit';
import { startTestPostgres } from '@ankasecure/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { Partition, pkcs11Section } from '../custody/partition.js';
import * as migrations from '../migrations/index.js';
import { schema } from '../schema.js';
import { TestSeals } from './test-seals.js';

export const silent = pino({ level: 'silent' });

/** A clock that has read no database's, and shows the process's own time. */
export const ownClock = new Clock({ maximumSkewMs: 2_000 });

export interface WorkerDatabase {
  readonly config: ServiceConfig['database'];
  /** Connects as the worker's role. */
  readonly dataSource: DataSource;
  /** Connects as the superuser, whom no row-level security stops. */
  readonly superuser: DataSource;
  /** Writes events and delivers none, so that tests can read them. */
  readonly outbox: Outbox;
  /** Every waiting event, oldest first. */
  events(): Promise<AuditEvent[]>;
  stop(): Promise<void>;
}

/** The past of a database: it was used with only the first migrations. */
export interface Past {
  readonly migrations: number;
  fill(superuser: DataSource): Promise<void>;
}

/** Starts a PostgreSQL with a migrated `ankadb_keys`. */
export const startWorkerDatabase = async (past?: Past): Promise<WorkerDatabase> => {
  const postgres = await startTestPostgres('ankadb_keys');
  const open = (role: 'owner' | 'app' | 'superuser', known = Object.values(migrations).length): Promise<DataSource> => {
    const { database, ...login } = postgres.login('ankadb_keys', role);
    const options = dataSourceOptions(
      'test',
      { ...login, name: database, poolSize: 8 },
      { ...schema, migrations: Object.values(migrations).slice(0, known) },
    );
    return new DataSource(options).initialize();
  };
  const migrate = async (known?: number): Promise<void> => {
    const owner = await open('owner', known);
    await owner.runMigrations({ transaction: 'each' });
    await owner.destroy();
  };
  const superuser = await open('superuser');
  if (past !== undefined) {
    await migrate(past.migrations);
    await past.fill(superuser);
  }
  await migrate();
  const dataSource = await open('app');
  new TestSeals(dataSource);
  const { database, ...login } = postgres.login('ankadb_keys', 'app');
  return {
    config: { ...login, name: database, poolSize: 8 },
    dataSource,
    superuser,
    outbox: new Outbox('crypto-worker', dataSource, undefined as never, silent),
    async events() {
      const rows = await superuser.query<{ events: string }[]>('SELECT events FROM outbox ORDER BY id');
      return rows.flatMap((row) => JSON.parse(row.events) as AuditEvent[]);
    },
    async stop() {
      await dataSource.destroy();
      await superuser.destroy();
      await postgres.stop();
    },
  };
};

/** A partition of this name, without a token. */
export const partitionNamed = (name: string): Partition =>
  new Partition(name, pkcs11Section.parse({ libraryPath: 'none', pin: 'none' }));

export const contextOf = (tenantId: string): Context => ({
  tenantId,
  principal: 'tester',
  roles: ['tenant-admin'],
  correlationId: crypto.randomUUID(),
  deadline: monotonicNow() + 30_000,
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
