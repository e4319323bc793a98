import { BoundedClient, connectionOf, DatabaseConfig, Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Partition } from '../custody/partition.js';
import { isLastWellWorker, joinWellWorkers, leaveWellWorkers } from './well-worker.sql.js';

/** The longest wait for an answer, in milliseconds. */
const answerMs = 5_000;

/**
 * The workers of a partition whose token answers. Each holds the same advisory lock, shared. PostgreSQL releases it with the
 * connection. A worker can ask whether there are others; no list is kept. Calls must be sequential.
 */
@Injectable()
export class WellWorkers {
  private client: BoundedClient | undefined;
  private joined = false;

  constructor(
    private readonly config: DatabaseConfig,
    private readonly partition: Partition,
    private readonly log: Logger,
  ) {}

  /** Counts this worker among the healthy ones. */
  async join(): Promise<void> {
    if (this.joined) return;
    await this.ask(joinWellWorkers);
    this.joined = true;
  }

  async leave(): Promise<void> {
    if (!this.joined) return;
    await this.ask(leaveWellWorkers);
    this.joined = false;
  }

  /** Tells whether there is another healthy worker. */
  async others(): Promise<boolean> {
    const [row] = await this.ask<{ alone: boolean }>(isLastWellWorker);
    return row?.alone !== true;
  }

  async close(): Promise<void> {
    const { client } = this;
    this.forget();
    await client?.end();
  }

  private async ask<Row extends object>(statement: string): Promise<Row[]> {
    const client = await this.connection();
    try {
      return (await client.query<Row>(statement, [this.partition.name])).rows;
    } catch (error) {
      // It is unknown whether the lock is still held.
      this.forget();
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  private async connection(): Promise<BoundedClient> {
    if (this.client !== undefined) return this.client;
    const client = new BoundedClient(connectionOf(this.config, 'ankasecure-well-worker', answerMs));
    client.on('error', (error) => {
      this.log.warn({ reason: error.message }, 'lost the database connection that reports this worker to the others');
      if (this.client === client) this.forget();
    });
    await client.connect();
    this.client = client;
    return client;
  }

  private forget(): void {
    this.client = undefined;
    this.joined = false;
  }
}
