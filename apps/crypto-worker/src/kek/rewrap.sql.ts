import { changeRecord } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { WrappedKey } from '../custody/custody.js';
import { holdFence } from '../key/lock/tenant-fence.sql.js';
import { KekRotationRecord } from '../key/record/kek-rotation.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { type StoredVersion, selectVersions } from '../key/record/select-version.js';

/** A key version and its blob under the new KEK. */
export interface Rewrapped {
  readonly row: StoredVersion;
  readonly wrapped: WrappedKey;
}

/** A position in the order of key versions. */
export type Position = readonly [keyId: string, version: number];

/** The position before every key version. */
export const beforeAll: Position = ['00000000-0000-0000-0000-000000000000', 0];

/**
 * Reads a page of the key versions that an older KEK wraps, without checking their seals: one that was forged must not stop
 * the others.
 */
export const versionsUnderOlderKek = (
  manager: EntityManager,
  tenantId: string,
  generation: number,
  after: Position,
  limit: number,
): Promise<StoredVersion[]> =>
  selectVersions(manager)
    .where('version.tenantId = :tenantId AND version.kekGeneration < :generation', { tenantId, generation })
    .andWhere('(version.key_id, version.version) > (cast(:keyId AS uuid), cast(:after AS integer))', {
      keyId: after[0],
      after: after[1],
    })
    .orderBy({ 'version.keyId': 'ASC', 'version.version': 'ASC' })
    .limit(limit)
    .callListeners(false)
    .getMany();

/**
 * Records new blobs if the old blob is unchanged. The revision increases, so that no worker continues with the old blob,
 * whose KEK will be destroyed. @returns how many were recorded. @throws AnkaError `record-forged`
 */
export const recordRewrapped = async (
  manager: EntityManager,
  tenantId: string,
  generation: number,
  done: readonly Rewrapped[],
): Promise<number> => {
  if (done.length === 0) return 0;
  await holdFence(manager, tenantId);
  let recorded = 0;
  for (const { row, wrapped } of done) {
    const { keyId, version } = row;
    const held = await manager.findOneBy(KeyVersionRecord, { tenantId, keyId, version });
    if (held === null || held.wrappedBlob === null || row.wrappedBlob?.equals(held.wrappedBlob) !== true) continue;
    await changeRecord(manager, held, {
      wrappedBlob: Buffer.from(wrapped.blob),
      wrappedMac: Buffer.from(wrapped.mac),
      kekGeneration: generation,
      rewrapFailure: null,
      revision: held.revision + 1,
    });
    recorded++;
  }
  if (recorded > 0) await count(manager, tenantId, generation, recorded);
  return recorded;
};

/** Adds to the number of versions that the rotation has rewrapped. */
const count = async (manager: EntityManager, tenantId: string, generation: number, more: number): Promise<void> => {
  const rotation = await manager.findOneByOrFail(KekRotationRecord, { tenantId, generation });
  if (rotation.rewrapped !== null) await changeRecord(manager, rotation, { rewrapped: rotation.rewrapped + more });
};
