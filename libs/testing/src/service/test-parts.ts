import type { Service } from '@ankasecure/contracts';
import type { Nats, Postgres } from '@ankasecure/local';
import {
  Clock,
  ComparingDataSource,
  createLogger,
  dataSourceOptions,
  Health,
  type Parts,
  type Schema,
  type ServiceConfig,
  WatchedFiles,
} from '@ankasecure/service-kit';
import { DataSource } from 'typeorm';
import { TestBus } from '../nats/test-bus.js';
import { startFilledDatabase } from '../postgres/worker-server.js';

export interface TestPartsOptions {
  readonly service: Service;
  readonly postgres: Postgres;
  readonly nats: Nats;
  readonly database: string;
  readonly schema: Schema;
  readonly poolSize?: number;
}

export interface TestParts extends Parts {
  stop(): Promise<void>;
}

const loginOf = (
  { postgres, database, poolSize = 8 }: Pick<TestPartsOptions, 'postgres' | 'database' | 'poolSize'>,
  role: 'app' | 'owner',
): ServiceConfig['database'] => {
  const { host, port, user, password } = postgres.login(database, role);
  return { host, port, name: database, user, password, poolSize };
};

const configOf = (options: TestPartsOptions): ServiceConfig => ({
  nats: { servers: [options.nats.url], nkeySeed: options.nats.seeds[options.service], caFile: options.nats.caFile },
  database: loginOf(options, 'app'),
  observability: { host: '127.0.0.1', port: 1, logLevel: 'fatal', logLevelFormat: 'number' },
  clock: { maximumSkewMs: 2000 },
  history: { longestSilence: 'P1D' },
  start: { patienceSeconds: 15 },
});

/** A PostgreSQL with a new database of the service, in which the migrations of its schema have run. `stop` deletes it. */
export const startMigratedPostgres = (
  options: Pick<TestPartsOptions, 'service' | 'database' | 'schema'>,
): Promise<Postgres> =>
  startFilledDatabase(options.database, `of ${options.service}`, (postgres) => migrate({ ...options, postgres }));

/** Runs the migrations of `schema` as the database's owner. */
const migrate = async (options: Pick<TestPartsOptions, 'postgres' | 'database' | 'schema'>): Promise<void> => {
  const login = loginOf(options, 'owner');
  const owner = await new DataSource(dataSourceOptions('migration', login, options.schema)).initialize();
  await owner.runMigrations({ transaction: 'each' });
  await owner.destroy();
};

/** A connection to the bus as `service`, with the rights it has there. */
export const connectTestBus = (service: Service, nats: Nats): Promise<TestBus> =>
  TestBus.connect(
    service,
    { servers: [nats.url], nkeySeed: nats.seeds[service], caFile: nats.caFile },
    createLogger(service, 'fatal'),
  );

/** Connects the parts of one more instance of a service, with the service's own roles. The database is already migrated. */
export const startTestParts = async (options: TestPartsOptions): Promise<TestParts> => {
  const { service, nats, schema } = options;
  const config = configOf(options);
  const dataSource = await new ComparingDataSource(dataSourceOptions(service, config.database, schema)).initialize();
  const bus = await connectTestBus(service, nats);
  const [log, health] = [createLogger(service, 'fatal'), new Health(service)];
  return {
    service,
    config,
    log,
    health,
    files: new WatchedFiles(log, health.registry),
    bus,
    dataSource,
    clock: new Clock(config.clock, bus.connection.peers),
    stop: async () => {
      await bus.drain();
      await bus.close();
      await dataSource.destroy();
    },
  };
};
