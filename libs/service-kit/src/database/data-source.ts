import type { DataSourceOptions, MixedList } from 'typeorm';
import type { DatabaseConfig } from '../config/section.js';
import { authorityIn } from '../file/certificate-file.js';
import { OutboxEntry } from '../outbox/outbox-entry.entity.js';
import { StartFailure } from '../start/exit-code.js';
import { type ClientTls, clientTls } from '../tls/key-exchange.js';
import { BoundedClient } from './bounded-client.js';
import { HeartbeatRecord } from './heartbeat.entity.js';

export interface Schema {
  readonly entities: readonly (new () => object)[];
  /** `none` for a service that reports no outcomes of its own. Otherwise the outbox is one of its entities. */
  readonly outbox?: 'none';
  readonly migrations: MixedList<new () => object>;
}

/** Time limits of statements and transactions, in milliseconds. */
export const databaseLimits = {
  statement_timeout: 15_000,
  idle_in_transaction_session_timeout: 60_000,
  connectionTimeoutMillis: 5_000,
  /** Longer than any statement may take. It ends queries to a server that is unreachable and never answers. */
  query_timeout: 20_000,
};

/**
 * Both ends detect a connection whose other end vanished. The client detects it first, after 10 s and ten probes by libuv.
 * The loser of an advisory lock therefore knows before PostgreSQL gives the lock to another.
 */
const liveness = {
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
};

const sessionSettings: readonly string[] = [
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=3',
  // Keepalives are not sent while data is unacknowledged.
  'tcp_user_timeout=25000',
  // PostgreSQL looks into pg_catalog first. What is set here precedes the settings of a role or database, which its owner chooses.
  'search_path=public,pg_temp',
];

/** The settings of every session. A row's partition is read from it: see `outboxAddress`. */
const sessionOptions = ({ partition = '' }: DatabaseConfig): { options: string } => ({
  options: [...sessionSettings, ...(partition === '' ? [] : [`ankasecure.partition=${partition}`])]
    .map((setting) => `-c ${setting}`)
    .join(' '),
});

/** The connection's TLS options. The server is verified against the configured authority, as it is when it connects. */
export const tlsOf = ({ caFile, authority, keyExchange }: DatabaseConfig): { ssl?: ClientTls } => {
  if (authority !== undefined) return { ssl: clientTls(authority, keyExchange) };
  if (caFile !== undefined) return { ssl: clientTls(authorityIn(caFile), keyExchange) };
  if (keyExchange === undefined) return {};
  throw new StartFailure(
    'configuration',
    'database.key-exchange needs database.ca-file: without it nothing is encrypted',
  );
};

/**
 * Options of a pg `Pool` or `BoundedClient`, for connections that are separate from the service's data source.
 * @param unansweredMs time limit of a query, in milliseconds; longer only for queries that wait for a lock
 */
export const connectionOf = (
  config: DatabaseConfig,
  applicationName: string,
  unansweredMs = databaseLimits.query_timeout,
) => ({
  host: config.host,
  port: config.port,
  database: config.name,
  user: config.user,
  password: config.password,
  application_name: applicationName,
  connectionTimeoutMillis: databaseLimits.connectionTimeoutMillis,
  query_timeout: unansweredMs,
  Client: BoundedClient,
  ...liveness,
  ...sessionOptions(config),
  ...tlsOf(config),
});

/**
 * Options for the service's connections to its own database, under its own role.
 * @param bounds overrides of the time limits, in milliseconds; 0 means none
 */
export const dataSourceOptions = (
  service: string,
  config: DatabaseConfig,
  schema: Schema,
  bounds: Partial<typeof databaseLimits> = {},
): DataSourceOptions => ({
  type: 'postgres',
  host: config.host,
  port: config.port,
  database: config.name,
  username: config.user,
  password: config.password,
  ...tlsOf(config),
  entities: [...schema.entities, HeartbeatRecord, ...(schema.outbox === 'none' ? [] : [OutboxEntry])],
  migrations: schema.migrations,
  synchronize: false,
  migrationsRun: false,
  logging: false,
  applicationName: `ankasecure-${service}`,
  poolSize: config.poolSize,
  extra: { ...databaseLimits, ...bounds, ...liveness, ...sessionOptions(config), Client: BoundedClient },
});
