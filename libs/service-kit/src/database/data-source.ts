import { readFileSync } from 'node:fs';
import type { DataSourceOptions, MixedList } from 'typeorm';
import type { ServiceConfig } from '../config/section.js';
import { OutboxEntry } from '../outbox/outbox-entry.entity.js';
import { BoundedClient } from './bounded-client.js';

export interface Schema {
  readonly entities: readonly (new () => object)[];
  /** `none` for a service that reports no outcomes of its own. Otherwise the outbox is one of its entities. */
  readonly outbox?: 'none';
  readonly migrations: MixedList<new () => object>;
}

/** Time limits of statements and transactions, in milliseconds. */
const limits = {
  statement_timeout: 15_000,
  idle_in_transaction_session_timeout: 60_000,
  connectionTimeoutMillis: 5_000,
  /** Longer than any statement may take. It ends queries to a server that is cut off and never answers. */
  query_timeout: 20_000,
};

/**
 * Both ends detect a connection whose other end vanished. The client detects it first, after 10 s and ten probes of libuv, so
 * the loser of an advisory lock knows before PostgreSQL gives the lock to another.
 */
const liveness = {
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  options: [
    'tcp_keepalives_idle=10',
    'tcp_keepalives_interval=5',
    'tcp_keepalives_count=3',
    // Keepalives are not sent while data is unacknowledged.
    'tcp_user_timeout=25000',
  ]
    .map((setting) => `-c ${setting}`)
    .join(' '),
};

/** The connection's TLS options: the server is verified against the configured authority. */
export const tlsOf = (config: ServiceConfig['database']): { ssl?: { ca: string } } =>
  config.caFile === undefined ? {} : { ssl: { ca: readFileSync(config.caFile, 'utf8') } };

/**
 * Options of a pg `Pool` or `BoundedClient`, for connections to the service's database that stay apart from its data source.
 * @param unansweredMs how long a query may go unanswered; longer only where one waits for a lock
 */
export const connectionOf = (
  config: ServiceConfig['database'],
  applicationName: string,
  unansweredMs = limits.query_timeout,
) => ({
  host: config.host,
  port: config.port,
  database: config.name,
  user: config.user,
  password: config.password,
  application_name: applicationName,
  connectionTimeoutMillis: limits.connectionTimeoutMillis,
  query_timeout: unansweredMs,
  Client: BoundedClient,
  ...liveness,
  ...tlsOf(config),
});

/**
 * How a service reaches its own database, as the role it serves with.
 * @param bounds tighter ones, for work that must not hold up anything for so long; 0 is none, for work that takes its time
 */
export const dataSourceOptions = (
  service: string,
  config: ServiceConfig['database'],
  schema: Schema,
  bounds: Partial<typeof limits> = {},
): DataSourceOptions => ({
  type: 'postgres',
  host: config.host,
  port: config.port,
  database: config.name,
  username: config.user,
  password: config.password,
  ...tlsOf(config),
  entities: [...schema.entities, ...(schema.outbox === 'none' ? [] : [OutboxEntry])],
  migrations: schema.migrations,
  synchronize: false,
  migrationsRun: false,
  logging: false,
  applicationName: `ankasecure-${service}`,
  poolSize: config.poolSize,
  extra: { ...limits, ...bounds, ...liveness, Client: BoundedClient },
});
