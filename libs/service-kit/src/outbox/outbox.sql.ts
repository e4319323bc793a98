import type { EntityManager } from 'typeorm';
import { type OutboxEntry } from './outbox-entry.entity.js';

/** An entry as a relay delivers it to the audit service. */
export type ClaimedEntry = Pick<OutboxEntry, 'id' | 'eventCount' | 'events'>;

const claimed = (which: string): string => `
  SELECT id, event_count AS "eventCount", events FROM outbox WHERE NOT quarantined AND ${which}
  ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`;

/** Claims up to `most` of the entries `ids` until the transaction ends. Entries that another relay holds are skipped. */
export const claimEntries = (manager: EntityManager, most: number, ids: readonly string[]): Promise<ClaimedEntry[]> =>
  manager.query<ClaimedEntry[]>(claimed('id = ANY($2::bigint[])'), [most, ids]);

/** Claims the first `most` entries, except `ids`. */
export const claimFirstEntries = (
  manager: EntityManager,
  most: number,
  ids: readonly string[],
): Promise<ClaimedEntry[]> => manager.query<ClaimedEntry[]>(claimed('id <> ALL($2::bigint[])'), [most, ids]);

/** The counts of the outbox table, for all processes. */
export interface OutboxCount {
  /** Events. */
  readonly waiting: number;
  /** Events. */
  readonly quarantined: number;
  /** When the oldest waiting entry was committed. */
  readonly oldest: Date | null;
}

/** Counts in one statement, so that all figures are of the same moment. */
export const countOutbox = async (manager: EntityManager): Promise<OutboxCount> => {
  const [count] = await manager.query<OutboxCount[]>(`
    SELECT coalesce(sum(event_count) FILTER (WHERE NOT quarantined), 0)::float8 AS waiting,
           coalesce(sum(event_count) FILTER (WHERE quarantined), 0)::float8 AS quarantined,
           min(created_at) FILTER (WHERE NOT quarantined) AS oldest
    FROM outbox`);
  return count ?? { waiting: 0, quarantined: 0, oldest: null };
};

/** Keeps the transaction from being ended for idleness while the audit service works. */
export const keepAlive = async (manager: EntityManager): Promise<void> => {
  await manager.query('SELECT 1');
};
