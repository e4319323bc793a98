import { BoundedClient, connectionOf, type Logger, type ServiceConfig } from '@ankasecure/service-kit';

/** Longest that an answer may take, in milliseconds. */
const answerMs = 5_000;

/**
 * The workers of a partition whose token answers: each holds the same advisory lock, shared, and PostgreSQL lets it go with
 * its connection. So one can ask whether there are others, and nobody keeps a list. Calls come one after the other.
 */
export class WellWorkers {
  private client: BoundedClient | undefined;
  private joined = false;

  constructor(
    private readonly config: ServiceConfig['database'],
    private readonly partition: string,
    private readonly log: Logger,
  ) {}

  /** Counts this worker among them, unless it is already. */
  async join(): Promise<void> {
    if (this.joined) return;
    await this.ask('SELECT pg_advisory_lock_shared(well)');
    this.joined = true;
  }

  async leave(): Promise<void> {
    if (!this.joined) return;
    await this.ask('SELECT pg_advisory_unlock_shared(well)');
    this.joined = false;
  }

  /** Whether there is any besides this one. */
  async others(): Promise<boolean> {
    // Held until the statement ends: only where nobody else holds it.
    const [row] = await this.ask<{ alone: boolean }>('SELECT pg_try_advisory_xact_lock(well) AS alone');
    return row?.alone !== true;
  }

  async close(): Promise<void> {
    const { client } = this;
    this.forget();
    await client?.end();
  }

  private async ask<Row extends object>(select: string): Promise<Row[]> {
    const client = await this.connection();
    try {
      const text = `${select} FROM hashtextextended('well worker:' || $1, 0) well`;
      return (await client.query<Row>(text, [this.partition])).rows;
    } catch (error) {
      // What it holds is not known any more.
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
