import type { EventName } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';

/** Reads which of a tenant's events its trail does not hold. It looks into the trail itself: a row of `event_dedup` proves nothing. */
export const unsealedOf = async (
  manager: EntityManager,
  tenantId: string,
  events: readonly EventName[],
): Promise<string[]> => {
  const rows = await manager.query<{ id: string }[]>(
    `SELECT asked.id FROM unnest($2::uuid[], $3::text[]) AS asked (id, correlation) WHERE NOT EXISTS (
       SELECT 1 FROM sealed_event e
       WHERE e.tenant_id = $1 AND e.correlation_id = asked.correlation AND e.event_id = asked.id)`,
    [tenantId, events.map(({ eventId }) => eventId), events.map(({ correlationId }) => correlationId)],
  );
  return rows.map(({ id }) => id);
};
