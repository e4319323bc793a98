import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@ankasecure/local';
import pg from 'pg';
import { Samples, type Summary } from './statistic.js';

const databases = ['ankadb_keys', 'ankadb_gateway', 'ankadb_policy'] as const;
const lookEveryMs = 20;
const lagEveryMs = 100;
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

  /** Looks at the age of the oldest waiting outcome, in milliseconds, while `work` runs. */
  async lagging<Result>(
    work: () => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly lag: Summary | null }> {
    const ages = new Samples();
    let ended = false;
    const look = async (): Promise<void> => {
      while (!ended) {
        ages.add(await this.#oldestMs());
        await delay(lagEveryMs);
      }
    };
    const looking = look();
    try {
      return { result: await work(), lag: ages.summary() };
    } finally {
      ended = true;
      await looking;
    }
  }

  /** The number of sealed events of some tenants, by operation. */
  async sealed(tenantIds: readonly string[]): Promise<Record<string, number>> {
    const { rows } = await this.#trail.query<{ operation: string; count: string }>(
      'SELECT operation, count(*) AS count FROM sealed_event WHERE tenant_id = ANY ($1) GROUP BY operation',
      [tenantIds],
    );
    return Object.fromEntries(rows.map(({ operation, count }) => [operation, Number(count)]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#outboxes, this.#trail].map((client) => client.end()));
  }

  /** Of the worker's outbox, which has the outcomes of requests. */
  async #oldestMs(): Promise<number> {
    const sql =
      'SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::float8 AS age FROM outbox WHERE NOT quarantined';
    const results = await this.#outboxes[0]?.query<{ age: number }>(sql);
    return results?.rows[0]?.age ?? Number.NaN;
  }

  async #waiting(): Promise<number> {
    const sql = 'SELECT coalesce(sum(event_count), 0) AS waiting FROM outbox WHERE NOT quarantined';
    const results = await Promise.all(this.#outboxes.map((client) => client.query<{ waiting: string }>(sql)));
    return results.reduce((sum, { rows }) => sum + Number(rows[0]?.waiting ?? 0), 0);
  }
}
