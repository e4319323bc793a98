import { AnkaError, type AuditEvent } from '@ankasecure/contracts';
import { changeRecord, transactionTime } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import type { Intent } from './intent.js';

/** Records that a KEK's object is gone. @returns the intent's event @throws AnkaError `record-outdated` if the database does not show the KEK */
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
  if (kek === null)
    throw new AnkaError(
      'record-outdated',
      'ankadb_keys does not show the KEK that was destroyed. Restore its newest backup.',
    );
  await changeRecord(manager, kek, { destroyedAt: await transactionTime(manager) });
  return begun;
};
