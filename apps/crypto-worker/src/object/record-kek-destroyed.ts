import type { AuditEvent } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import type { Intent } from './intent.js';
import { finishKekRotation } from './record-kek-destroyed.sql.js';

/**
 * Records that a KEK's object is gone. The last one ends the rotation. @returns the intent's event and the number of
 * rewrapped keys
 */
export const recordKekDestroyed = async (
  manager: EntityManager,
  { tenantId, objectId }: Intent,
  begun: AuditEvent,
): Promise<AuditEvent> => {
  const kek = { tenantId, objectId: Buffer.from(objectId) };
  await manager.update(PlatformKeyRecord, kek, { destroyedAt: () => 'now()' });
  const [finished] = await manager.query<[{ total: number }[], number]>(finishKekRotation, [tenantId]);
  const total = finished[0]?.total;
  return total === undefined ? begun : { ...begun, details: { ...begun.details, rewrapped: String(total) } };
};
