import type { Service } from '@ankasecure/contracts';
import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { ServiceConfig } from './config/section.js';
import { dataSourceOptions, type Schema } from './database/data-source.js';
import { Health } from './health/health.js';
import { createLogger, type Logger, nestLogger } from './logging/logger.js';
import { Bus } from './nats/bus.js';

/** What every service stands on, connected and ready to use. */
export interface Parts<Config extends ServiceConfig = ServiceConfig> {
  readonly config: Config;
  readonly log: Logger;
  readonly health: Health;
  readonly bus: Bus;
  readonly dataSource: DataSource;
}

/** Nest tokens of the parts. */
export const PARTS = Symbol('parts');

/** A global module that offers the parts to a service's own modules. */
class KitModule {}

const kitModule = (parts: Parts): DynamicModule => ({
  module: KitModule,
  global: true,
  providers: [
    { provide: PARTS, useValue: parts },
    { provide: DataSource, useValue: parts.dataSource },
    { provide: Bus, useValue: parts.bus },
    { provide: Health, useValue: parts.health },
  ],
  exports: [PARTS, DataSource, Bus, Health],
});

export interface ServiceDefinition<Config extends ServiceConfig> {
  readonly service: Service;
  readonly config: Config;
  readonly schema: Schema;
  readonly module: Type;
  /** How Nest is started; a plain application context unless the service speaks HTTP itself. */
  readonly create?: (root: DynamicModule, parts: Parts<Config>) => Promise<INestApplicationContext>;
}

/**
 * Starts a service: health first (so that probes see it starting), then database and bus, then its modules.
 * SIGTERM and SIGINT stop it in order: no new requests, those under way finish, Nest's shutdown hooks, bus and database.
 */
export const startService = async <Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
): Promise<void> => {
  const { service, config, schema } = definition;
  const log = createLogger(service, config.observability.logLevel);
  const health = new Health(service);
  await health.listen(config.observability.host, config.observability.port);
  const dataSource = await new DataSource(dataSourceOptions(service, config.database, schema)).initialize();
  const bus = await Bus.connect(service, config.nats, log);
  health.register('database', async () => void (await dataSource.query('SELECT 1')));
  health.register('nats', () => {
    if (!bus.isConnected()) throw new Error('not connected');
  });
  const parts: Parts<Config> = { config, log, health, bus, dataSource };
  const root: DynamicModule = { module: definition.module, imports: [kitModule(parts)] };
  const create =
    definition.create ??
    ((module) => NestFactory.createApplicationContext(module, { logger: nestLogger(log), abortOnError: false }));
  const app = await create(root, parts);
  await app.init();
  await bus.flushed();
  health.markStarted();
  log.info({ node: process.version }, 'started');
  const stop = async (): Promise<void> => {
    await bus.drain();
    await app.close();
    await bus.close();
    await dataSource.destroy();
    await health.close();
    log.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void stop().then(() => process.exit(0), fatal(log)));
};

const fatal =
  (log: Logger) =>
  (error: unknown): never => {
    log.fatal({ reason: (error as Error).message }, 'stopped on an error');
    process.exit(1);
  };

/** Runs a service's `main`: whatever stops the start is one line on standard error and exit code 1. */
export const main = (service: string, start: () => Promise<void>): void => {
  start().catch((error: unknown) => {
    process.stderr.write(`${service} could not start: ${(error as Error).message}\n`);
    process.exit(1);
  });
};
