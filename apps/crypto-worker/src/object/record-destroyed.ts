import type { AuditEvent } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { Intent } from './intent.js';

/** Records that a KEK's object is gone, which with the last of them ends the rotation. @returns the event it began with, and how many keys were wrapped again */
export const recordKekDestroyed = async (
  manager: EntityManager,
  { tenantId, objectId }: Intent,
  begun: AuditEvent,
): Promise<AuditEvent> => {
  await manager.query('UPDATE platform_key SET destroyed_at = now() WHERE tenant_id = $1 AND object_id = $2', [
    tenantId,
    objectId,
  ]);
  const [finished] = await manager.query<[{ total: number }[], number]>(
    `UPDATE kek_rotation r SET finished_at = now() WHERE r.tenant_id = $1 AND r.finished_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM platform_key p WHERE p.tenant_id = $1 AND p.kind = 'kek'
         AND p.generation < r.generation AND p.destroyed_at IS NULL)
     RETURNING total`,
    [tenantId],
  );
  const total = finished[0]?.total;
  return total === undefined ? begun : { ...begun, details: { ...begun.details, rewrapped: String(total) } };
};
