import { anyPartition, isReporter, type Service } from '@ankasecure/contracts';
import type { DynamicModule, Provider } from '@nestjs/common';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { ActionRunner } from './action/action-runner.js';
import { Clock } from './clock/clock.js';
import { DatabaseConfig, HistoryConfig, type ServiceConfig } from './config/section.js';
import type { Authority } from './file/certificate-file.js';
import { WatchedFiles } from './file/watched-files.js';
import { Health } from './health/health.js';
import { Logger } from './logging/logger.js';
import { BusClient } from './nats/client.js';
import { BusServer } from './nats/server.js';
import { Outbox, type OutboxOptions } from './outbox/outbox.js';
import { OutboxProof } from './outbox/outbox-proof.js';

/** The connected parts that every service is built on. */
export interface Parts<Config extends ServiceConfig = ServiceConfig> {
  readonly service: Service;
  readonly config: Config;
  readonly log: Logger;
  readonly health: Health;
  readonly bus: BusClient;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly files: WatchedFiles;
  /** Absent if connections to the database are not encrypted. */
  readonly databaseAuthority?: Authority | undefined;
}

export interface KitOptions {
  /** Replaces `{partition}` in the subjects that the service serves, and whose outcomes it reports; none by default. */
  readonly partition?: string;
  /** `none` for a service that reports no outcomes of its own. */
  readonly outbox?: Partial<OutboxOptions> | 'none';
}

/** Offers the parts to a service's own modules, by type. */
export class KitModule {
  static of(parts: Parts, options: KitOptions = {}): DynamicModule {
    const providers = [...connected(parts, options.partition ?? ''), ...recording(parts, options)];
    return { module: KitModule, global: true, providers, exports: providers };
  }
}

/** The database section, the partition that the process's sessions name, and the authority of the server. */
export const databaseOf = (
  { database }: Pick<ServiceConfig, 'database'>,
  partition = '',
  authority?: Authority,
): DatabaseConfig => ({
  ...database,
  partition: partition === anyPartition ? '' : partition,
  ...(authority !== undefined && { authority }),
});

const connected = (parts: Parts, partition: string): Provider[] => {
  const { config, log, health, bus, dataSource, clock, files, databaseAuthority } = parts;
  return [
    { provide: Logger, useValue: log },
    { provide: Health, useValue: health },
    { provide: Registry, useValue: health.registry },
    { provide: DatabaseConfig, useValue: databaseOf(config, partition, databaseAuthority) },
    { provide: WatchedFiles, useValue: files },
    { provide: DataSource, useValue: dataSource },
    { provide: Clock, useValue: clock },
    { provide: HistoryConfig, useValue: config.history },
    { provide: BusClient, useValue: bus },
    { provide: BusServer, useValue: new BusServer(bus.connection, partition) },
  ];
};

const recording = (
  { service, dataSource, bus, log, health }: Parts,
  { outbox: options = {}, partition = '' }: KitOptions,
): Provider[] => {
  if (options === 'none' || !isReporter(service)) return [];
  const proof = new OutboxProof(service, partition);
  const outbox = new Outbox(proof, dataSource, bus, log, options).meter(health.registry);
  health.register('outbox', () => {
    if (!outbox.isOpen) throw new Error('no crypto-worker has given the key that proves audit events');
    if (outbox.isFull) throw new Error('the outbox is full');
  });
  return [{ provide: OutboxProof, useValue: proof }, { provide: Outbox, useValue: outbox }, ActionRunner];
};
