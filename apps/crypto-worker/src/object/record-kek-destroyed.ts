import type { AuditEvent } from '@ankasecure/contracts';
import { changeRecord, transactionTime } from '@ankasecure/service-kit';
import { type EntityManager, IsNull, LessThan } from 'typeorm';
import { KekRotationRecord } from '../key/record/kek-rotation.entity.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import type { Intent } from './intent.js';

/**
 * Records that a KEK's object is gone. The last one ends the rotation. @returns the intent's event and the number of
 * rewrapped keys
 */
export const recordKekDestroyed = async (
  manager: EntityManager,
  { tenantId, objectId }: Intent,
  begun: AuditEvent,
): Promise<AuditEvent> => {
  const now = await transactionTime(manager);
  const kek = await manager.findOneBy(PlatformKeyRecord, { tenantId, objectId: Buffer.from(objectId) });
  if (kek !== null) await changeRecord(manager, kek, { destroyedAt: now });
  const rotation = await manager.findOneBy(KekRotationRecord, { tenantId, finishedAt: IsNull() });
  if (rotation === null || (await isOlderLeft(manager, rotation))) return begun;
  await changeRecord(manager, rotation, { finishedAt: now });
  return { ...begun, details: { ...begun.details, rewrapped: String(rotation.total) } };
};

const isOlderLeft = (manager: EntityManager, { tenantId, generation }: KekRotationRecord): Promise<boolean> =>
  manager.existsBy(PlatformKeyRecord, {
    tenantId,
    kind: 'kek',
    generation: LessThan(generation),
    destroyedAt: IsNull(),
  });
