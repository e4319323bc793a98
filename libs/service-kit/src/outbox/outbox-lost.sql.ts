import type { EntityManager } from 'typeorm';

/** Tells which of the events wait in the outbox, quarantined or not. It reads all rows of the tenants. */
export const waitingEvents = async (
  manager: EntityManager,
  partition: string,
  tenantIds: readonly string[],
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const rows = await manager.query<{ eventId: string }[]>(
    `SELECT found.id[1] AS "eventId"
     FROM outbox, regexp_matches(events, '"eventId":"([0-9a-f-]{36})"', 'g') AS found (id)
     WHERE partition = $1 AND tenant_id = ANY($2::uuid[]) AND found.id[1] = ANY($3::text[])`,
    [partition, tenantIds, eventIds],
  );
  return new Set(rows.map(({ eventId }) => eventId));
};
