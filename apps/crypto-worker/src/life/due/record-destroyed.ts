import { AnkaError, type AuditEvent } from '@ankasecure/contracts';
import { changeRecord, removeRecord, transactionTime } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import { lockKey, reviseKey } from '../../key/lock/lock-key.js';
import { withoutMaterial } from '../../key/record/ended-version.js';
import { KeyVersionRecord } from '../../key/record/key-version.entity.js';
import { RotationPolicyRecord } from '../../key/record/rotation-policy.entity.js';
import { versionsNotFollowed } from '../../key/record/select-version.js';
import type { Intent } from '../../object/intent.js';

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
  const custody = await recordVersionDestroyed(manager, { tenantId, keyId, objectId: Buffer.from(objectId) });
  await reviseKey(manager, tenantId, keyId);
  const dropped = await dropPolicyOfDestroyed(manager, tenantId, keyId);
  return {
    ...begun,
    details: {
      ...begun.details,
      ...(dropped && { rotationPolicy: 'deleted' }),
      ...(custody !== 'token' && { custody }),
      ...((custody === 'wrapped' || custody === 'software') && { blob: 'deleted' }),
    },
  };
};

const hidden = 'ankadb_keys does not show the key version whose material was destroyed. Restore its newest backup.';

/**
 * @returns the version's custody; `token` if it is destroyed already
 * @throws AnkaError `record-outdated` if the database does not show the version: its destruction is put on record with it, or not at all
 */
const recordVersionDestroyed = async (
  manager: EntityManager,
  destroyed: Pick<KeyVersionRecord, 'tenantId' | 'keyId' | 'objectId'>,
): Promise<KeyVersionRecord['custody']> => {
  const version = await manager.findOneBy(KeyVersionRecord, destroyed);
  if (version === null) throw new AnkaError('record-outdated', hidden);
  if (version.state === 'DESTROYED') return 'token';
  await changeRecord(manager, version, {
    state: 'DESTROYED',
    destroyedAt: await transactionTime(manager),
    revision: version.revision + 1,
    ...withoutMaterial,
  });
  return version.custody;
};

/** Deletes the rotation policy of a key whose current version is destroyed, and no other is to follow. @returns whether there was one */
const dropPolicyOfDestroyed = async (manager: EntityManager, tenantId: string, keyId: string): Promise<boolean> => {
  const left = await versionsNotFollowed(manager, tenantId, keyId);
  const policy = await manager.findOneBy(RotationPolicyRecord, { tenantId, keyId });
  if (policy === null || left.some(({ state }) => state !== 'DESTROYED')) return false;
  await removeRecord(manager, policy);
  return true;
};
