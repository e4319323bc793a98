import { ComparingDataSource, DatabaseConfig, dataSourceOptions, type Schema } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ConnectorRecord } from '../store/connector.entity.js';

/** As many as may deliver at once share them: between two statements a delivery waits for its receiver. */
const connections = 4;
const statementTimeoutMs = 5000;
const schema: Schema = { entities: [ConnectorRecord], migrations: [], outbox: 'none' };

/** The connections of deliveries. Sealing and reading have their own, and never wait for a delivery. */
@Injectable()
export class DeliveryDatabase implements OnModuleInit, OnApplicationShutdown {
  readonly dataSource: DataSource;

  constructor(database: DatabaseConfig) {
    this.dataSource = new ComparingDataSource(
      dataSourceOptions('audit-deliver', { ...database, poolSize: connections }, schema, {
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
