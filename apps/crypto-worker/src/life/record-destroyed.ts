import type { AuditEvent } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { CustodyKind } from '../custody/custody.js';
import { lockKey } from '../key/lock-key.js';
import type { Intent } from '../object/intent.js';

/** Deletes the rotation policy of a key whose current version is destroyed. @returns whether there was one */
const dropRotationPolicy = async (manager: EntityManager, tenantId: string, keyId: string): Promise<boolean> => {
  const [, dropped] = await manager.query<[unknown[], number]>(
    `DELETE FROM rotation_policy WHERE tenant_id = $1 AND key_id = $2 AND 'DESTROYED' =
       (SELECT state FROM key_version WHERE tenant_id = $1 AND key_id = $2 ORDER BY version DESC LIMIT 1)`,
    [tenantId, keyId],
  );
  return dropped > 0;
};

/**
 * Records that the object of a destruction is gone. Metadata, public key and counts stay. A wrapped key has no object: its blob
 * is what goes, and nothing that is left can be unwrapped. @returns the event it began with, and how the key was kept
 */
export const recordDestroyed = async (
  manager: EntityManager,
  { tenantId, objectId }: Intent,
  begun: AuditEvent,
): Promise<AuditEvent> => {
  const keyId = begun.keyId as string;
  await lockKey(manager, { tenantId }, keyId);
  const [destroyed] = await manager.query<[{ custody: CustodyKind }[], number]>(
    `UPDATE key_version SET state = 'DESTROYED', destroyed_at = now(), revision = revision + 1,
       wrapped_blob = NULL, wrapped_mac = NULL, kek_generation = NULL, rewrap_failure = NULL, sealed_key = NULL
     WHERE tenant_id = $1 AND object_id = $2 AND state = 'DESTROY_SCHEDULED' RETURNING custody`,
    [tenantId, objectId],
  );
  await manager.query('UPDATE key SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2', [tenantId, keyId]);
  const { custody = 'token' } = destroyed[0] ?? {};
  return {
    ...begun,
    details: {
      ...begun.details,
      ...((await dropRotationPolicy(manager, tenantId, keyId)) && { rotationPolicy: 'deleted' }),
      ...(custody !== 'token' && { custody, blob: 'deleted' }),
    },
  };
};
