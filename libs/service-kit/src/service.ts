import { anyPartition, type Service } from '@ankasecure/contracts';
import type { DynamicModule, INestApplicationContext, INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { Clock } from './clock/clock.js';
import { setClockOf } from './clock/clock-of.js';
import { ClockWatch } from './clock/clock-watch.js';
import type { ServiceConfig } from './config/section.js';
import { connectPatiently } from './database/connect.js';
import { dataSourceOptions, type Schema } from './database/data-source.js';
import { Heartbeat } from './database/heartbeat.js';
import { watchAuthority } from './file/certificate-file.js';
import { WatchedFiles } from './file/watched-files.js';
import { Health } from './health/health.js';
import { databaseOf, KitModule, type KitOptions, type Parts } from './kit.module.js';
import { createLogger, type Logger, nestLogger } from './logging/logger.js';
import { BusClient } from './nats/client.js';
import { BusConnection } from './nats/connection.js';
import { BusServer, drainMs } from './nats/server.js';
import { openingPort } from './start/exit-code.js';
import { flushSpans } from './telemetry/trace.js';

export interface ServiceDefinition<Config extends ServiceConfig> extends KitOptions {
  readonly service: Service;
  readonly config: Config;
  readonly schema: Schema;
  /** The service's root module. */
  readonly module: Type | DynamicModule;
  /** Starts Nest for a service that serves HTTP itself. */
  readonly create?: (root: DynamicModule, parts: Parts<Config>) => Promise<INestApplicationContext>;
}

/** The root of a service: the service's own module on top of the kit. */
export const serviceRoot = (module: Type | DynamicModule, parts: Parts, options: KitOptions = {}): DynamicModule => {
  const kit = KitModule.of(parts, options);
  return 'module' in module ? { ...module, imports: [...(module.imports ?? []), kit] } : { module, imports: [kit] };
};

/** Builds the service's modules and serves their controllers' contracts on the bus. */
export const createService = async (root: DynamicModule, log: Logger): Promise<INestMicroservice> => {
  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(root, {
    useFactory: (server: BusServer) => ({ strategy: server }),
    inject: [BusServer],
    logger: nestLogger(log),
    abortOnError: false,
  });
  await app.listen();
  return app;
};

/** The time of the last steps of a stop, after requests have ended, in milliseconds. */
const farewellMs = 3_000;

/** Reads the files, then connects to the database and the bus. It waits for both for `start.patience-seconds`. */
const connect = async <Config extends ServiceConfig>(
  { service, config, schema, partition }: ServiceDefinition<Config>,
  log: Logger,
  health: Health,
) => {
  const files = new WatchedFiles(log, health.registry).start();
  const { caFile } = config.database;
  const authority = watchAuthority(files, config.nats.caFile);
  const busConfig = { ...config.nats, authority, ...(partition !== anyPartition && { partition }) };
  const databaseAuthority = caFile === undefined ? undefined : watchAuthority(files, caFile);
  const database = databaseOf(config, partition, databaseAuthority);
  const heartbeat = new Heartbeat(database, service);
  health.register('database', () => heartbeat.check());
  const patienceMs = config.start.patienceSeconds * 1000;
  const dataSource = await connectPatiently(dataSourceOptions(service, database, schema), database, patienceMs, log);
  const bus = new BusClient(await BusConnection.open(service, busConfig, log, patienceMs));
  health.register('nats', () => bus.connection.check());
  return { files, databaseAuthority, heartbeat, dataSource, bus };
};

/**
 * Starts a service: first health (so that probes see it starting), then database and bus, then its modules. SIGTERM and SIGINT
 * stop it in order: it is not ready, takes no new requests, finishes those in flight, runs Nest's shutdown hooks, then closes
 * bus and database.
 */
export const startService = async <Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
): Promise<void> => {
  const { service, config } = definition;
  const log = createLogger(service, config.observability.logLevel, config.observability.logLevelFormat);
  const stopping = new StopSignal(log);
  const health = new Health(service);
  const { host, port } = config.observability;
  await openingPort('observability.port', port, () => health.listen(host, port));
  const { heartbeat, ...connected } = await connect(definition, log, health);
  const { files, dataSource, bus } = connected;
  const clock = new Clock(config.clock, bus.connection.peers);
  setClockOf(dataSource, clock);
  const clockWatch = new ClockWatch(clock, dataSource, log);
  await clockWatch.start(health);
  const parts: Parts<Config> = { service, config, log, health, clock, ...connected };
  const root = serviceRoot(definition.module, parts, definition);
  const create = definition.create ?? (() => createService(root, log));
  const app = await create(root, parts);
  await app.init();
  await bus.connection.flushed();
  health.markStarted();
  log.info({ node: process.version }, 'started');
  stopping.stopsBy(async () => {
    health.markStopping();
    await app.close();
    await clockWatch.stop();
    files.stop();
    await bus.close();
    await Promise.all([dataSource.destroy(), heartbeat.close()]);
    await health.close();
    await flushSpans().catch((error: unknown) => log.warn({ reason: (error as Error).message }, 'spans are lost'));
    log.info('stopped');
  });
};

/**
 * Stops the process at the first SIGTERM or SIGINT. Until it has started it ends at once: nothing is in flight, and a start can wait
 * for a token as long as it takes. A stop that hangs in a part that does not answer ends with the process.
 */
class StopSignal {
  private stop: (() => Promise<void>) | undefined;
  private isStopping = false;

  constructor(private readonly log: Logger) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.begin());
  }

  /** @param stop stops the parts in order, from now on */
  stopsBy(stop: () => Promise<void>): void {
    this.stop = stop;
  }

  private begin(): void {
    if (this.isStopping) return;
    this.isStopping = true;
    if (this.stop === undefined) {
      this.log.info('stopped before it had started');
      process.exit(0);
    }
    setTimeout(() => fatal(this.log)(new Error('the stop took too long')), drainMs + farewellMs).unref();
    void this.stop().then(() => process.exit(0), fatal(this.log));
  }
}

const fatal =
  (log: Logger) =>
  (error: unknown): never => {
    log.fatal({ reason: (error as Error).message }, 'stopped on an error');
    process.exit(1);
  };
