import type { AuditEvent } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { CustodyKind } from '../../custody/custody.js';
import { lockKey } from '../../key/lock/lock-key.js';
import { KeyRecord } from '../../key/record/key.entity.js';
import type { Intent } from '../../object/intent.js';
import { destroyVersion, dropPolicyOfDestroyed } from './record-destroyed.sql.js';

/**
 * Records that the object of a destruction no longer exists. Metadata, public key and counts stay. A wrapped key has no
 * object: its blob is deleted, and nothing that is left can be unwrapped. @returns the intent's event and the key's custody
 */
export const recordDestroyed = async (
  manager: EntityManager,
  { tenantId, objectId }: Intent,
  begun: AuditEvent,
): Promise<AuditEvent> => {
  const keyId = begun.keyId as string;
  await lockKey(manager, { tenantId }, keyId);
  const [destroyed] = await manager.query<[{ custody: CustodyKind }[], number]>(destroyVersion, [tenantId, objectId]);
  await manager.increment(KeyRecord, { tenantId, id: keyId }, 'revision', 1);
  const [, dropped] = await manager.query<[unknown[], number]>(dropPolicyOfDestroyed, [tenantId, keyId]);
  const { custody = 'token' } = destroyed[0] ?? {};
  return {
    ...begun,
    details: {
      ...begun.details,
      ...(dropped > 0 && { rotationPolicy: 'deleted' }),
      ...(custody !== 'token' && { custody, blob: 'deleted' }),
    },
  };
};
