import type { Context } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { holdFence } from '../key/lock/tenant-fence.sql.js';

/** A tenant's newest KEK, its rotation, and the key versions that older KEKs still wrap. */
export interface KekState {
  readonly generation: number;
  /** Null if the KEK was not made by a rotation. */
  readonly total: number | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly left: number;
  readonly failed: number;
}

/** Reads one tenant's KEK in one statement, so that its counts are of the same moment. */
export const readKekState = async (manager: EntityManager, tenantId: string): Promise<KekState | undefined> => {
  const [state] = await manager.query<KekState[]>(
    `SELECT kek.generation, r.total, r.started_at AS "startedAt", r.finished_at AS "finishedAt", behind.left, behind.failed
     FROM platform_key kek LEFT JOIN kek_rotation r ON r.tenant_id = kek.tenant_id AND r.generation = kek.generation,
       LATERAL (SELECT count(*)::int AS left, count(v.rewrap_failure)::int AS failed
         FROM key_version v WHERE v.tenant_id = $1 AND v.kek_generation < kek.generation) behind
     WHERE kek.tenant_id = $1 AND kek.kind = 'kek' ORDER BY kek.generation DESC LIMIT 1`,
    [tenantId],
  );
  return state;
};

/**
 * Records the start of a rotation, unless one is under way. Holds the tenant's fence: a key that an older KEK wraps is
 * either recorded before and counted, or its record is refused.
 * @returns false if one is under way
 */
export const beginRotation = async (
  manager: EntityManager,
  { tenantId, principal, correlationId }: Context,
  generation: number,
  partition: string,
): Promise<boolean> => {
  await holdFence(manager, tenantId);
  const begun = await manager.query<unknown[]>(
    `INSERT INTO kek_rotation (tenant_id, generation, partition, total, started_by, correlation_id)
     SELECT $1, $2, $3, (SELECT count(*) FROM key_version WHERE tenant_id = $1 AND wrapped_blob IS NOT NULL), $4, $5
     WHERE NOT EXISTS (SELECT 1 FROM kek_rotation WHERE tenant_id = $1 AND finished_at IS NULL)
     ON CONFLICT DO NOTHING RETURNING generation`,
    [tenantId, generation, partition, principal, correlationId],
  );
  return begun.length === 1;
};
