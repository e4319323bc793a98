import type { Service } from '@ankasecure/contracts';
import {
  BusClient,
  type BusConnection,
  Clock,
  createLogger,
  dataSourceOptions,
  Health,
  KitModule,
  type KitOptions,
  type Schema,
  type ServiceConfig,
  WatchedFiles,
} from '@ankasecure/service-kit';
import type { DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';

const config: ServiceConfig = {
  nats: { servers: ['tls://127.0.0.1:1'], nkeySeed: 'SU', caFile: 'none' },
  database: { host: '127.0.0.1', port: 1, name: 'none', user: 'none', password: 'none', poolSize: 2 },
  observability: { host: '127.0.0.1', port: 1, logLevel: 'fatal', logLevelFormat: 'number' },
  clock: { maximumSkewMs: 2000 },
  history: { longestSilence: 'P1D' },
  start: { patienceSeconds: 0 },
};

/** The kit without connections. A service's modules can be built with it, but not started. */
export const unconnectedKit = (service: Service, schema: Schema, options: KitOptions = {}): DynamicModule => {
  const [log, health] = [createLogger(service, 'silent'), new Health(service)];
  return KitModule.of(
    {
      service,
      config,
      log,
      health,
      bus: new BusClient({} as BusConnection),
      dataSource: new DataSource(dataSourceOptions(service, config.database, schema)),
      clock: new Clock(config.clock),
      files: new WatchedFiles(log, health.registry),
    },
    options,
  );
};
