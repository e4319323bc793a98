import { type Context, type Kek, maxKekFailures } from '@ankasecure/contracts';
import { insertIfAbsent } from '@ankasecure/service-kit';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { KekRotationRecord } from '../key/record/kek-rotation.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';

/** The key versions that KEKs older than a generation still wrap. */
export interface Behind {
  readonly left: number;
  readonly failed: number;
}

/** Counts the key versions that KEKs older than `generation` still wrap. */
export const countBehind = async (manager: EntityManager, tenantId: string, generation: number): Promise<Behind> => {
  const [behind] = await manager.query<Behind[]>(
    `SELECT count(*)::int AS left, count(rewrap_failure)::int AS failed
     FROM key_version WHERE tenant_id = $1 AND kek_generation < $2`,
    [tenantId, generation],
  );
  return behind ?? { left: 0, failed: 0 };
};

/**
 * Reports the first key versions that could not be rewrapped, as the database has them: also one whose record is refused, which is
 * a reason for it to fail.
 */
export const firstFailures = (manager: EntityManager, tenantId: string, generation: number): Promise<Kek['failures']> =>
  manager.query<Kek['failures']>(
    `SELECT key_id AS "keyId", version, rewrap_failure AS code FROM key_version
     WHERE tenant_id = $1 AND kek_generation < $2 AND rewrap_failure IS NOT NULL ORDER BY key_id, version LIMIT $3`,
    [tenantId, generation, maxKekFailures],
  );

/**
 * Records the start of a rotation, unless one is under way. Holds the tenant's fence: a key that an older KEK wraps is
 * either recorded before and counted, or its record is refused.
 * @returns false if one is under way, or another worker has made the KEK
 */
export const beginRotation = async (
  manager: EntityManager,
  { tenantId, principal: startedBy, correlationId }: Context,
  generation: number,
  partition: string,
): Promise<boolean> => {
  await holdFence(manager, tenantId);
  const own = { tenantId, generation };
  if (await manager.existsBy(KekRotationRecord, [{ tenantId, finishedAt: IsNull() }, own])) return false;
  if (await manager.existsBy(PlatformKeyRecord, { ...own, kind: 'kek' })) return false;
  const total = await manager.countBy(KeyVersionRecord, { tenantId, wrappedBlob: Not(IsNull()) });
  const rotation = { tenantId, generation, partition, total, rewrapped: 0, startedBy, correlationId };
  return insertIfAbsent(manager, KekRotationRecord, rotation, 'generation');
};
