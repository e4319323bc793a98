import type { EntityManager } from 'typeorm';

/** A tenant's newest KEK, with its rotation where it came from one. */
export interface KekProgress {
  readonly generation: number;
  /** Blobs that the rotation had to wrap again when it began; null without a rotation. */
  readonly total: number | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Blobs that an older KEK still wraps, and how many of them could not be wrapped again. */
  readonly left: number;
  readonly failed: number;
}

/** Reads it in one statement, so that all of it is of one moment. @returns undefined for a tenant without a KEK */
export const readKekProgress = async (manager: EntityManager, tenantId: string): Promise<KekProgress | undefined> => {
  const [progress] = await manager.query<KekProgress[]>(
    `SELECT kek.generation, r.total, r.started_at AS "startedAt", r.finished_at AS "finishedAt", behind.left, behind.failed
     FROM platform_key kek LEFT JOIN kek_rotation r ON r.tenant_id = kek.tenant_id AND r.generation = kek.generation,
       LATERAL (SELECT count(*)::int AS left, count(v.rewrap_failure)::int AS failed
         FROM key_version v WHERE v.tenant_id = $1 AND v.kek_generation < kek.generation) behind
     WHERE kek.tenant_id = $1 AND kek.kind = 'kek' ORDER BY kek.generation DESC LIMIT 1`,
    [tenantId],
  );
  return progress;
};
