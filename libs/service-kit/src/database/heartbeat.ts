import type { DatabaseConfig } from '../config/section.js';
import { BoundedClient, dropSilentClients } from './bounded-client.js';
import { connectionOf } from './data-source.js';
import { beat } from './heartbeat.sql.js';

/** The longest time for a connection, and for the answer of the database, in milliseconds. */
const limitMs = 2_000;

/**
 * Shows that the service's database answers in time and commits a write. It has a connection of its own, so it neither waits
 * for a busy pool nor is misled by an idle one. After a failure it closes the connections that the failure left silent.
 */
export class Heartbeat {
  private client: BoundedClient | undefined;
  private beating: Promise<void> | undefined;
  /** When the first of the last failed beats began. */
  private failingSince: number | undefined;

  constructor(
    private readonly config: DatabaseConfig,
    private readonly service: string,
  ) {}

  /** Checks at the same time share one beat. @throws Error while the database does not answer or refuses writes */
  check(): Promise<void> {
    this.beating ??= this.beat().finally(() => {
      this.beating = undefined;
    });
    return this.beating;
  }

  async close(): Promise<void> {
    await this.client?.end();
    this.client = undefined;
  }

  private async beat(): Promise<void> {
    const since = performance.now();
    try {
      await (await this.connection()).query(beat);
    } catch (error) {
      this.failingSince ??= since;
      this.forget();
      throw error;
    }
    if (this.failingSince !== undefined) dropSilentClients(this.failingSince);
    this.failingSince = undefined;
  }

  private async connection(): Promise<BoundedClient> {
    if (this.client !== undefined) return this.client;
    const client = new BoundedClient({
      ...connectionOf(this.config, `ankasecure-${this.service}-heartbeat`, limitMs),
      connectionTimeoutMillis: limitMs,
    });
    client.on('error', () => this.client === client && this.forget());
    await client.connect();
    this.client = client;
    return client;
  }

  private forget(): void {
    const { client } = this;
    this.client = undefined;
    client?.end().catch(() => undefined);
  }
}
