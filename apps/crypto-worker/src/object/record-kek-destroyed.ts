import type { AuditEvent } from '@ankasecure/contracts';
import { changeRecord, transactionTime } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import type { Intent } from './intent.js';

/** Records that a KEK's object is gone. @returns the intent's event */
export const recordKekDestroyed = async (
  manager: EntityManager,
  { tenantId, objectId }: Intent,
  begun: AuditEvent,
): Promise<AuditEvent> => {
  const kek = await manager.findOneBy(PlatformKeyRecord, {
    tenantId,
    kind: 'kek',
    objectId: Buffer.from(objectId),
  });
  if (kek !== null) await changeRecord(manager, kek, { destroyedAt: await transactionTime(manager) });
  return begun;
};
