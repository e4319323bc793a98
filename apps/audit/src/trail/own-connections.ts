import { ComparingDataSource, type DatabaseConfig, dataSourceOptions, type Schema } from '@ankasecure/service-kit';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';

/** The longest time of one statement, in milliseconds. */
const statementTimeoutMs = 5_000;

/** Connections to the service's database for one part of its work, so that nothing else waits for that part. */
export abstract class OwnConnections implements OnModuleInit, OnApplicationShutdown {
  readonly dataSource: DataSource;

  /**
   * @param work names the part to PostgreSQL
   * @param connections the number of connections
   * @param entities those that the part reads by; the others are reached by its statements only
   */
  constructor(database: DatabaseConfig, work: string, connections: number, entities: Schema['entities']) {
    const schema: Schema = { entities, migrations: [], outbox: 'none' };
    this.dataSource = new ComparingDataSource(
      dataSourceOptions(`audit-${work}`, { ...database, poolSize: connections }, schema, {
        statement_timeout: statementTimeoutMs,
      }),
    );
  }

  async onModuleInit(): Promise<void> {
    await this.dataSource.initialize();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}
