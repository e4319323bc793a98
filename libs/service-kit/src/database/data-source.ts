import { readFileSync } from 'node:fs';
import type { DataSourceOptions, MixedList } from 'typeorm';
import type { ServiceConfig } from '../config/section.js';

export interface Schema {
  readonly entities: MixedList<new () => object>;
  readonly migrations: MixedList<new () => object>;
}

/** Bounds on what one statement or transaction may hold up, in milliseconds. */
const limits = {
  statement_timeout: 15_000,
  idle_in_transaction_session_timeout: 60_000,
  connectionTimeoutMillis: 5_000,
};

/** The connection's TLS options: the server is verified against the configured authority. */
export const tlsOf = (config: ServiceConfig['database']): { ssl?: { ca: string } } =>
  config.caFile === undefined ? {} : { ssl: { ca: readFileSync(config.caFile, 'utf8') } };

/** A connection of pg's own to the service's database, for what has to stay apart from the pool. */
export const connectionOf = (config: ServiceConfig['database'], applicationName: string) => ({
  host: config.host,
  port: config.port,
  database: config.name,
  user: config.user,
  password: config.password,
  application_name: applicationName,
  connectionTimeoutMillis: limits.connectionTimeoutMillis,
  ...tlsOf(config),
});

/**
 * How a service reaches its own database, as the role it serves with.
 * @param bounds tighter ones, for work that must not hold up anything for so long
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
  ...schema,
  synchronize: false,
  migrationsRun: false,
  logging: false,
  applicationName: `ankasecure-${service}`,
  poolSize: config.poolSize,
  extra: { ...limits, ...bounds },
});
