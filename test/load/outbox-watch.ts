import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@ankasecure/local';
import pg from 'pg';

const databases = ['ankadb_keys', 'ankadb_gateway', 'ankadb_policy'] as const;
const lookEveryMs = 20;
const patienceMs = 180_000;

export interface Drain {
  /** Outcomes that were waiting to be sealed at the last answer. */
  readonly backlog: number;
  readonly seconds: number;
}

/** Reads the databases for outcomes that are waiting to be sealed and for sealed events. */
export class OutboxWatch {
  readonly #outboxes: readonly pg.Client[];
  readonly #trail: pg.Client;

  private constructor(outboxes: readonly pg.Client[], trail: pg.Client) {
    this.#outboxes = outboxes;
    this.#trail = trail;
  }

  static async open({ postgres }: Pick<Stack, 'postgres'>): Promise<OutboxWatch> {
    const connect = async (database: string): Promise<pg.Client> => {
      const client = new pg.Client(postgres.login(database, 'superuser'));
      client.on('error', () => undefined);
      await client.connect();
      return client;
    };
    return new OutboxWatch(await Promise.all(databases.map(connect)), await connect('ankadb_audit'));
  }

  /** Waits until everything is sealed. @throws Error after three minutes */
  async drained(): Promise<Drain> {
    const since = performance.now();
    const backlog = await this.#waiting();
    for (let waiting = backlog; waiting > 0; waiting = await this.#waiting()) {
      if (performance.now() - since > patienceMs)
        throw new Error(`${waiting} outcomes are not sealed after three minutes`);
      await delay(lookEveryMs);
    }
    return { backlog, seconds: (performance.now() - since) / 1000 };
  }

  /** The number of sealed events of a tenant, by operation. */
  async sealed(tenantId: string): Promise<Record<string, number>> {
    const { rows } = await this.#trail.query<{ operation: string; count: string }>(
      'SELECT operation, count(*) AS count FROM sealed_event WHERE tenant_id = $1 GROUP BY operation',
      [tenantId],
    );
    return Object.fromEntries(rows.map(({ operation, count }) => [operation, Number(count)]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#outboxes, this.#trail].map((client) => client.end()));
  }

  async #waiting(): Promise<number> {
    const sql = 'SELECT coalesce(sum(event_count), 0) AS waiting FROM outbox WHERE NOT quarantined';
    const results = await Promise.all(this.#outboxes.map((client) => client.query<{ waiting: string }>(sql)));
    return results.reduce((sum, { rows }) => sum + Number(rows[0]?.waiting ?? 0), 0);
  }
}
