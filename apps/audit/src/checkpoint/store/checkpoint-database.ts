import { ComparingDataSource, DatabaseConfig, dataSourceOptions, type Schema } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';

/** Checkpoints that are made at the same time. Each holds a connection, and asks for another while it proves the end of its trail. */
export const makersAtOnce = 2;
const connections = makersAtOnce + 1;
const statementTimeoutMs = 5_000;
/** No entity: nothing but the statements of checkpoints runs here. */
const schema: Schema = { entities: [], migrations: [], outbox: 'none' };

/**
 * The connections of those who make checkpoints. Each waits for the HSM while it holds one, so sealing has others. Their role is the
 * service's, which may read the trees of the transaction's tenant, and change them by two functions only.
 */
@Injectable()
export class CheckpointDatabase implements OnModuleInit, OnApplicationShutdown {
  readonly dataSource: DataSource;

  constructor(database: DatabaseConfig) {
    this.dataSource = new ComparingDataSource(
      dataSourceOptions('audit-checkpoint', { ...database, poolSize: connections }, schema, {
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
