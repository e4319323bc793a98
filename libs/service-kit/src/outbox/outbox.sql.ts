import type { RecordName } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { type OutboxEntry } from './outbox-entry.entity.js';

/** An entry as a relay delivers it to the audit service. */
export type ClaimedEntry = Pick<OutboxEntry, 'id' | 'tenantId' | 'eventCount' | 'events'>;

const columns = 'id, tenant_id AS "tenantId", event_count AS "eventCount", events';

/** Claims up to `most` of the entries `ids` until the transaction ends. Entries that another relay holds are skipped. */
export const claimEntries = (manager: EntityManager, most: number, ids: readonly string[]): Promise<ClaimedEntry[]> =>
  manager.query<ClaimedEntry[]>(
    `SELECT ${columns} FROM outbox WHERE NOT quarantined AND id = ANY($2::bigint[])
     ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [most, ids],
  );

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
}

/** Claims each tenant's first entries. The answer takes turns among tenants and keeps each tenant's order. */
export const claimFairly = (
  manager: EntityManager,
  { partition, tenants, perTenant, except }: FairClaim,
): Promise<ClaimedEntry[]> =>
  manager.query<ClaimedEntry[]>(
    `SELECT ${columns} FROM (
       SELECT claimed.*, row_number() OVER (PARTITION BY claimed.tenant_id ORDER BY claimed.id) AS turn
       FROM unnest($2::uuid[]) AS tenant(id) CROSS JOIN LATERAL (
         SELECT o.id, o.tenant_id, o.event_count, o.events FROM outbox o
         WHERE o.partition = $1 AND o.tenant_id = tenant.id AND NOT o.quarantined AND o.id <> ALL($4::bigint[])
         ORDER BY o.id LIMIT $3 FOR UPDATE SKIP LOCKED
       ) claimed
     ) entry ORDER BY turn, id`,
    [partition, tenants, perTenant, except],
  );

/** The counts of one tenant's entries, for all processes. */
export interface OutboxCount {
  readonly tenantId: string;
  /** Events. */
  readonly waiting: number;
  /** Events. */
  readonly quarantined: number;
  /** When the oldest waiting entry was committed. */
  readonly oldest: Date | null;
}

/** Counts in one statement, so that all figures are of the same moment. */
export const countOutbox = (manager: EntityManager, partition: string): Promise<OutboxCount[]> =>
  manager.query<OutboxCount[]>(
    `SELECT tenant_id AS "tenantId",
            coalesce(sum(event_count) FILTER (WHERE NOT quarantined), 0)::float8 AS waiting,
            coalesce(sum(event_count) FILTER (WHERE quarantined), 0)::float8 AS quarantined,
            min(created_at) FILTER (WHERE NOT quarantined) AS oldest
     FROM outbox WHERE partition = $1 GROUP BY tenant_id`,
    [partition],
  );

/** Tells whether an event that names the deletion of a record waits to be sealed. It reads all waiting events of the tenant. */
export const waitsForDeletion = async (
  manager: EntityManager,
  tenantId: string,
  { kind, id }: RecordName,
): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM outbox WHERE tenant_id = $1 AND NOT quarantined AND strpos(events, ' deleted - ' || $2 || '"') > 0
       AND strpos(events, '"' || $3 || ' ') > 0 LIMIT 1`,
    [tenantId, id, kind],
  );
  return rows.length > 0;
};

/** Keeps the transaction from being ended for idleness while the audit service works. */
export const keepAlive = async (manager: EntityManager): Promise<void> => {
  await manager.query('SELECT 1');
};
