import type { countUses } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';

type Group = z.infer<typeof countUses.reply>['items'][number];

/** A group of uses; `lastAt` in microseconds since the epoch. */
export interface UseGroup extends Omit<Group, 'lastAt'> {
  readonly lastAt: number;
}

/** Groups a tenant's successful uses since `from`, the most frequent first. Events of a new key name no version, because it has one only. */
export const countUsesByKey = (
  manager: EntityManager,
  tenantId: string,
  from: number,
  operations: readonly string[],
  most: number,
): Promise<UseGroup[]> =>
  manager.query<UseGroup[]>(
    `SELECT operation, key_id AS "keyId", coalesce((details::jsonb->>'version')::integer, 1) AS version,
            count(*)::float8 AS count, max(occurred_at)::float8 AS "lastAt"
     FROM sealed_event
     WHERE tenant_id = $1 AND occurred_at >= $2 AND outcome = 'success' AND operation = ANY ($3)
       AND key_id IS NOT NULL AND NOT details::jsonb ? 'unchanged' AND (details::jsonb ? 'version' OR operation IN ('key.create', 'key.import'))
     GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2, 3, 1 LIMIT $4`,
    [tenantId, from, operations, most],
  );
