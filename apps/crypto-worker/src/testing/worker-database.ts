import { type AuditEvent, type Context } from '@ankasecure/contracts';
import { dataSourceOptions, Outbox, type ServiceConfig } from '@ankasecure/service-kit';
import { startTestPostgres } from '@ankasecure/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import * as migrations from '../migrations/index.js';

export const silent = pino({ level: 'silent' });

export interface WorkerDatabase {
  readonly config: ServiceConfig['database'];
  /** As the role the worker logs in as. */
  readonly dataSource: DataSource;
  /** As the superuser, whom nothing stops. */
  readonly superuser: DataSource;
  /** Writes, and relays nothing: what it holds can be looked at. */
  readonly outbox: Outbox;
  /** Every event that waits, oldest first. */
  events(): Promise<AuditEvent[]>;
  stop(): Promise<void>;
}

/** A migrated `ankadb_keys` in a PostgreSQL of its own. */
export const startWorkerDatabase = async (): Promise<WorkerDatabase> => {
  const postgres = await startTestPostgres('ankadb_keys');
  const open = (role: 'owner' | 'app' | 'superuser'): Promise<DataSource> => {
    const { database, ...login } = postgres.login('ankadb_keys', role);
    const options = dataSourceOptions(
      'test',
      { ...login, name: database, poolSize: 8 },
      { entities: [], migrations: Object.values(migrations) },
    );
    return new DataSource(options).initialize();
  };
  const owner = await open('owner');
  await owner.runMigrations();
  await owner.destroy();
  const dataSource = await open('app');
  const superuser = await open('superuser');
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

export const contextOf = (tenantId: string): Context => ({
  tenantId,
  principal: 'tester',
  roles: ['tenant-admin'],
  correlationId: crypto.randomUUID(),
  deadline: Date.now() + 30_000,
});
