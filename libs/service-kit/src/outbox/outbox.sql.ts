import type { RecordName } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { type OutboxEntry } from './outbox-entry.entity.js';
import { mostRowBytes } from './outbox-row.js';

/** An entry as a relay delivers it to the audit service. */
export interface ClaimedEntry extends Pick<OutboxEntry, 'id' | 'tenantId' | 'eventCount'> {
  /** The size of the events. */
  readonly bytes: number;
  /** Null if they were not read: only the first entry, unless it is too large for any of ours, and those that fit into `AppendSize`. */
  readonly events: string | null;
}

/** The limits of one append. */
export interface AppendSize {
  readonly bytes: number;
  readonly events: number;
}

/** The owner writes any number into `event_count`. A row has at least one event. */
const eventCount = 'greatest(event_count, 1)';
/** The size of a text is known without reading it. Whoever owns the database can write one that no process has room for. */
const isReadable = `octet_length(events) <= ${mostRowBytes}`;
/** For conditions: it reads no larger text. */
const readableEvents = `CASE WHEN ${isReadable} THEN events END`;

/** Reads claimed rows in the order of `order`. @param bytes, events the parameters that have the limits of one append */
const readClaimed = (claimed: string, order: string, bytes: string, events: string): string => `
  SELECT id, tenant_id AS "tenantId", ${eventCount} AS "eventCount", octet_length(events) AS bytes,
         CASE WHEN ${isReadable} AND (place = 1 OR (total <= ${bytes} AND count <= ${events})) THEN events END AS events
  FROM (SELECT entry.*, row_number() OVER claim AS place, sum(octet_length(events)) OVER claim AS total,
               sum(${eventCount}) OVER claim AS count
        FROM (${claimed}) entry WINDOW claim AS (ORDER BY ${order})) placed
  ORDER BY place`;

/**
 * The first `most` entries that the database has answered, with their sizes as they came. Whoever owns it can have it answer more,
 * or state another size.
 */
const asRead = (entries: readonly ClaimedEntry[], most: number): readonly ClaimedEntry[] =>
  entries.slice(0, most).map((entry) => {
    const bytes = entry.events === null ? entry.bytes : Buffer.byteLength(entry.events);
    return { ...entry, bytes, events: bytes > mostRowBytes ? null : entry.events };
  });

/**
 * Claims up to `most` of the entries `ids` until the transaction ends. Entries that another relay holds are skipped.
 * @param append the limits of one append
 */
export const claimEntries = async (
  manager: EntityManager,
  most: number,
  ids: readonly string[],
  append: AppendSize,
): Promise<readonly ClaimedEntry[]> => {
  const entries = await manager.query<ClaimedEntry[]>(
    readClaimed(
      `SELECT id, tenant_id, event_count, events FROM outbox WHERE NOT quarantined AND id = ANY($2::bigint[])
       ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
      'id',
      '$3',
      '$4',
    ),
    [most, ids, append.bytes, append.events],
  );
  return asRead(entries, most);
};

/** Reads up to `most` tenants with waiting entries, after the tenant `after` by id. One look into the index per tenant. */
export const waitingTenants = async (
  manager: EntityManager,
  partition: string,
  after: string | null,
  most: number,
): Promise<string[]> => {
  const next = (beyond: string): string =>
    `(SELECT o.tenant_id FROM outbox o WHERE o.partition = $1 AND NOT o.quarantined AND ${beyond}
      ORDER BY o.tenant_id LIMIT 1)`;
  const rows = await manager.query<{ tenantId: string }[]>(
    `WITH RECURSIVE tenant AS (
       SELECT ${next('($2::uuid IS NULL OR o.tenant_id > $2)')} AS id
       UNION ALL
       SELECT ${next('o.tenant_id > tenant.id')} FROM tenant WHERE tenant.id IS NOT NULL
     )
     SELECT id AS "tenantId" FROM tenant WHERE id IS NOT NULL LIMIT $3`,
    [partition, after, most],
  );
  return rows.map(({ tenantId }) => tenantId);
};

/** The entries to claim: the first of each tenant, except some. */
export interface FairClaim {
  readonly partition: string;
  readonly tenants: readonly string[];
  readonly perTenant: number;
  readonly except: readonly string[];
  /** Tenants whose entries come after those of all others, and each turn of them in this order. */
  readonly behind: readonly string[];
  readonly append: AppendSize;
}

/** Claims each tenant's first entries. The answer takes turns among tenants and keeps each tenant's order. */
export const claimFairly = async (
  manager: EntityManager,
  { partition, tenants, perTenant, except, behind, append }: FairClaim,
): Promise<readonly ClaimedEntry[]> => {
  const entries = await manager.query<ClaimedEntry[]>(
    readClaimed(
      `SELECT claimed.*, row_number() OVER (PARTITION BY claimed.tenant_id ORDER BY claimed.id) AS turn,
              array_position($7::uuid[], claimed.tenant_id) AS place_behind
       FROM unnest($2::uuid[]) AS tenant(id) CROSS JOIN LATERAL (
         SELECT o.id, o.tenant_id, o.event_count, o.events FROM outbox o
         WHERE o.partition = $1 AND o.tenant_id = tenant.id AND NOT o.quarantined AND o.id <> ALL($4::bigint[])
         ORDER BY o.id LIMIT $3 FOR UPDATE SKIP LOCKED
       ) claimed`,
      'place_behind IS NOT NULL, turn, place_behind, id',
      '$5',
      '$6',
    ),
    [partition, tenants, perTenant, except, append.bytes, append.events, behind],
  );
  return asRead(entries, tenants.length * perTenant);
};

/** The counts of one tenant's entries, for all processes. */
export interface OutboxCount {
  readonly tenantId: string;
  /** Events. */
  readonly waiting: number;
  /** Events. */
  readonly quarantined: number;
  /** When the oldest waiting entry was committed, by the table; milliseconds since the epoch. */
  readonly oldestAt: number | null;
}

/** Counts in one statement, so that all figures are of the same moment. */
export const countOutbox = (manager: EntityManager, partition: string): Promise<OutboxCount[]> =>
  manager.query<OutboxCount[]>(
    `SELECT tenant_id AS "tenantId",
            coalesce(sum(${eventCount}) FILTER (WHERE NOT quarantined), 0)::float8 AS waiting,
            coalesce(sum(${eventCount}) FILTER (WHERE quarantined), 0)::float8 AS quarantined,
            (extract(epoch FROM min(created_at) FILTER (WHERE NOT quarantined)) * 1000)::float8 AS "oldestAt"
     FROM outbox WHERE partition = $1 GROUP BY tenant_id`,
    [partition],
  );

/**
 * Tells which of the events wait in the outbox for their delivery. A quarantined row is not delivered, and one that is too large to
 * be read is not ours. It reads all other rows of the tenants.
 */
export const waitingEvents = async (
  manager: EntityManager,
  partition: string,
  tenantIds: readonly string[],
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const rows = await manager.query<{ eventId: string }[]>(
    `SELECT DISTINCT found.id[1] AS "eventId"
     FROM outbox, regexp_matches(${readableEvents}, '"eventId":"([0-9a-f-]{36})"', 'g') AS found (id)
     WHERE partition = $1 AND tenant_id = ANY($2::uuid[]) AND NOT quarantined AND found.id[1] = ANY($3::text[])`,
    [partition, tenantIds, eventIds],
  );
  return new Set(rows.map(({ eventId }) => eventId));
};

/** Tells whether an event that names the deletion of a record waits to be sealed. It reads all waiting events of the tenant. */
export const waitsForDeletion = async (
  manager: EntityManager,
  tenantId: string,
  { kind, id }: RecordName,
): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM outbox WHERE tenant_id = $1 AND NOT quarantined AND strpos(${readableEvents}, ' deleted - ' || $2 || '"') > 0
       AND strpos(${readableEvents}, '"' || $3 || ' ') > 0 LIMIT 1`,
    [tenantId, id, kind],
  );
  return rows.length > 0;
};

/** Keeps the transaction from being ended for idleness while the audit service works. */
export const keepAlive = async (manager: EntityManager): Promise<void> => {
  await manager.query('SELECT 1');
};
