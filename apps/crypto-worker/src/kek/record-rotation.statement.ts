import type { EntityManager } from 'typeorm';
import type { KekRotationRecord } from './kek-rotation.entity.js';

type NewRotation = Pick<KekRotationRecord, 'tenantId' | 'generation' | 'partition' | 'startedBy' | 'correlationId'>;

/** Records a rotation, and counts the blobs that it has to wrap again. @returns false where another is under way */
export const recordRotation = async (
  manager: EntityManager,
  { tenantId, generation, partition, startedBy, correlationId }: NewRotation,
): Promise<boolean> => {
  const begun = await manager.query<unknown[]>(
    `INSERT INTO kek_rotation (tenant_id, generation, partition, total, started_by, correlation_id)
     SELECT $1, $2, $3, (SELECT count(*) FROM key_version WHERE tenant_id = $1 AND wrapped_blob IS NOT NULL), $4, $5
     WHERE NOT EXISTS (SELECT 1 FROM kek_rotation WHERE tenant_id = $1 AND finished_at IS NULL)
     ON CONFLICT DO NOTHING RETURNING generation`,
    [tenantId, generation, partition, startedBy, correlationId],
  );
  return begun.length === 1;
};
