import { AnkaError } from '@ankasecure/contracts';
import {
  ComparingDataSource,
  DatabaseConfig,
  dataSourceOptions,
  type Schema,
  withTenant,
} from '@ankasecure/service-kit';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type ReadBounds, ReadLimit } from './read-limit.js';
import { SealedEvent } from './sealed-event.entity.js';
import { TrailHead } from './trail-head.entity.js';

const kinds = {
  query: { what: 'queries', perTenant: 2, inAll: 5 },
  verification: { what: 'verifications', perTenant: 1, inAll: 3 },
  acceptance: { what: 'acceptances of trails', perTenant: 1, inAll: 1 },
} as const satisfies Record<string, ReadBounds>;
type Kind = keyof typeof kinds;

/** One connection for each concurrent read, so that no read waits for another's connection. */
const connections = Object.values(kinds).reduce((sum, { inAll }) => sum + inAll, 0);
/** The longest time of one statement, in milliseconds: a page, or a chunk of a verification. */
const statementTimeoutMs = 5000;
/** PostgreSQL's query_canceled. */
const canceled = '57014';
const schema: Schema = { entities: [SealedEvent, TrailHead], migrations: [], outbox: 'none' };

/** Reads the trail on connections of its own, so that sealing never waits for a reader. */
@Injectable()
export class TrailReader implements OnModuleInit, OnApplicationShutdown {
  private readonly limits: Readonly<Record<Kind, ReadLimit>> = {
    query: new ReadLimit(kinds.query),
    verification: new ReadLimit(kinds.verification),
    acceptance: new ReadLimit(kinds.acceptance),
  };

  private readonly dataSource: DataSource;

  constructor(database: DatabaseConfig) {
    this.dataSource = new ComparingDataSource(
      dataSourceOptions('audit-read', { ...database, poolSize: connections }, schema, {
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

  /**
   * Runs `work` as the tenant in one snapshot.
   * @throws AnkaError `service-unavailable` if too many reads of the kind run, `deadline-exceeded` if a statement takes too long
   */
  async read<Value>(kind: Kind, tenantId: string, work: (manager: EntityManager) => Promise<Value>): Promise<Value> {
    try {
      return await this.limits[kind].run(tenantId, () =>
        withTenant(this.dataSource, tenantId, work, 'REPEATABLE READ'),
      );
    } catch (error) {
      if ((error as { code?: unknown }).code !== canceled) throw error;
      throw new AnkaError('deadline-exceeded', 'The trail could not be read in time. Request a smaller part of it.', {
        cause: error,
      });
    }
  }
}
