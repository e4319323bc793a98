import type { AnkaError } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { StoredVersion } from '../key/record/select-version.js';

/** A key version that could not be rewrapped. */
export interface RewrapFailure {
  readonly row: StoredVersion;
  readonly error: AnkaError;
}

/**
 * Records the codes of failures if the blob is still the one that was tried.
 * @returns the failures that were not on record yet, without repeated failures for the same reason
 */
export const recordFailures = async (
  manager: EntityManager,
  tenantId: string,
  failures: readonly RewrapFailure[],
): Promise<readonly RewrapFailure[]> => {
  if (failures.length === 0) return [];
  const [recorded] = await manager.query<[{ object_id: Buffer }[], number]>(
    `UPDATE key_version v SET rewrap_failure = n.code
     FROM unnest($2::bytea[], $3::bytea[], $4::text[]) AS n (object_id, before, code)
     WHERE v.tenant_id = $1 AND v.object_id = n.object_id AND v.wrapped_blob = n.before
       AND v.rewrap_failure IS DISTINCT FROM n.code RETURNING v.object_id`,
    [
      tenantId,
      failures.map(({ row }) => row.objectId),
      failures.map(({ row }) => row.wrappedBlob),
      failures.map(({ error }) => error.code),
    ],
  );
  return failures.filter(({ row }) => recorded.some(({ object_id: objectId }) => objectId.equals(row.objectId)));
};
