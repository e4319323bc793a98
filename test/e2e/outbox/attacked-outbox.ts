import type { OfferedEvent } from '@ankasecure/contracts';
import type { Database, Rig } from '../harness/rig.js';
import { eventually } from '../harness/wait.js';

/** A row of an outbox, as its database's owner sees it. */
export interface HeldRow {
  readonly id: string;
  readonly partition: string;
  readonly events: readonly OfferedEvent[];
}

/** The outbox of one database, in the hands of the database's owner. */
export class AttackedOutbox {
  constructor(
    private readonly rig: Rig,
    private readonly database: Database,
  ) {}

  sql(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.rig.query(this.database, text, values);
  }

  /** Runs `work` and keeps its rows from being delivered. @returns the row with an event of this operation */
  async hold(operation: string, work: () => Promise<unknown>): Promise<HeldRow> {
    await this.sql(
      `CREATE OR REPLACE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN NEW.quarantined := strpos(NEW.events, ''"operation":"${operation}"'') > 0; RETURN NEW; END'`,
    );
    await this.sql('CREATE TRIGGER held BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION held()');
    try {
      await work();
      return await eventually('a held row', async () => (await this.held(operation)).at(-1));
    } finally {
      await this.sql('DROP TRIGGER held ON outbox');
    }
  }

  async held(operation: string): Promise<readonly HeldRow[]> {
    const rows = await this.sql('SELECT id, partition, events FROM outbox WHERE quarantined ORDER BY id');
    return rows
      .map((row) => ({
        id: String(row['id']),
        partition: String(row['partition']),
        events: JSON.parse(String(row['events'])) as OfferedEvent[],
      }))
      .filter(({ events }) => events.some((event) => event.operation === operation));
  }

  /** Puts a row beside a genuine one, with the same tenant and partition, whatever the events say. @returns its id */
  async put(events: readonly unknown[], beside: HeldRow): Promise<string> {
    // The trigger takes the tenant from the events, and the partition from the session. The owner sets both afterwards.
    const [row] = await this.sql(
      'INSERT INTO outbox (event_count, events, quarantined) VALUES ($1, $2, true) RETURNING id',
      [events.length, JSON.stringify(beside.events)],
    );
    const id = String(row?.['id']);
    await this.sql('UPDATE outbox SET events = $2, partition = $3, quarantined = false WHERE id = $1', [
      id,
      JSON.stringify(events),
      beside.partition,
    ]);
    return id;
  }

  /** Puts rows with a text that the database itself makes. @param text SQL @returns their ids */
  async putText(text: string, { events, partition }: HeldRow, copies = 1): Promise<string[]> {
    const put = await this.sql(
      'INSERT INTO outbox (event_count, events, quarantined) SELECT 1, $1, true FROM generate_series(1, $2) RETURNING id',
      [JSON.stringify(events), copies],
    );
    const ids = put.map(({ id }) => String(id));
    await this.sql(
      `UPDATE outbox SET events = ${text}, partition = $2, quarantined = false WHERE id = ANY($1::bigint[])`,
      [ids, partition],
    );
    return ids;
  }

  async release({ id }: HeldRow, events?: readonly unknown[]): Promise<void> {
    if (events !== undefined)
      await this.sql('UPDATE outbox SET events = $2, event_count = $3 WHERE id = $1', [
        id,
        JSON.stringify(events),
        events.length,
      ]);
    await this.sql('UPDATE outbox SET quarantined = false WHERE id = $1', [id]);
  }

  /** Waits until nothing waits. @returns whether each of the rows is quarantined; the others have left */
  async settled(ids: readonly string[], withinMs = 60_000): Promise<ReadonlySet<string>> {
    await eventually(
      'the delivery of every row',
      async () => (await this.sql('SELECT FROM outbox WHERE NOT quarantined LIMIT 1')).length === 0,
      withinMs,
    );
    const rows = await this.sql('SELECT id FROM outbox WHERE quarantined AND id = ANY($1::bigint[])', [ids]);
    return new Set(rows.map(({ id }) => String(id)));
  }

  async clear(): Promise<void> {
    await this.sql('DELETE FROM outbox WHERE quarantined');
  }
}
