import type { EntityManager } from 'typeorm';
import type { WrappedKey } from '../custody/custody.js';
import { type KeyRow, keyRows } from '../key/key-store.js';

/** A key version and its blob under the new KEK. */
export interface Rewrapped {
  readonly row: KeyRow;
  readonly wrapped: WrappedKey;
}

/** A position in the order of key versions. */
export type Position = readonly [keyId: string, version: number];

/** The position before every key version. */
export const beforeAll: Position = ['00000000-0000-0000-0000-000000000000', 0];

/** Reads a page of the key versions that an older KEK wraps. */
export const versionsUnderOlderKek = (
  manager: EntityManager,
  tenantId: string,
  generation: number,
  after: Position,
  limit: number,
): Promise<KeyRow[]> =>
  manager.query<KeyRow[]>(
    `${keyRows} WHERE k.tenant_id = $1 AND v.kek_generation < $2 AND (v.key_id, v.version) > ($3::uuid, $4::int)
     ORDER BY v.key_id, v.version LIMIT $5`,
    [tenantId, generation, ...after, limit],
  );

/**
 * Records new blobs where the old blob is still the one that was read. The revision moves, so that no worker goes on with the
 * old blob, whose KEK will be gone.
 */
export const recordRewrapped = async (
  manager: EntityManager,
  tenantId: string,
  generation: number,
  done: readonly Rewrapped[],
): Promise<void> => {
  if (done.length === 0) return;
  await takeFence(manager, tenantId);
  await manager.query(
    `UPDATE key_version v SET wrapped_blob = n.blob, wrapped_mac = n.mac, kek_generation = $2, rewrap_failure = NULL,
       revision = v.revision + 1
     FROM unnest($3::uuid[], $4::int[], $5::bytea[], $6::bytea[], $7::bytea[]) AS n (key_id, version, before, blob, mac)
     WHERE v.tenant_id = $1 AND v.key_id = n.key_id AND v.version = n.version AND v.wrapped_blob = n.before`,
    [
      tenantId,
      generation,
      done.map(({ row }) => row.id),
      done.map(({ row }) => row.version),
      done.map(({ row }) => row.wrapped_blob),
      done.map(({ wrapped }) => wrapped.blob),
      done.map(({ wrapped }) => wrapped.mac),
    ],
  );
};

/** Tells whether no blob and no key that is being made needs the KEK. Holds the tenant's fence, so the answer stays true. */
export const isKekUnneeded = async (manager: EntityManager, tenantId: string, generation: number): Promise<boolean> => {
  await takeFence(manager, tenantId);
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM key_version WHERE tenant_id = $1 AND kek_generation <= $2
     UNION ALL SELECT 1 FROM intent i JOIN platform_key p USING (tenant_id, object_id)
       WHERE p.tenant_id = $1 AND p.kind = 'kek' AND p.generation = $2 LIMIT 1`,
    [tenantId, generation],
  );
  return rows.length === 0;
};

/** Holds the tenant's fence until the transaction ends: no outcome that was decided before it is committed after it. */
export const takeFence = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query('SELECT pg_advisory_xact_lock(fence_of($1))', [tenantId]);
};
