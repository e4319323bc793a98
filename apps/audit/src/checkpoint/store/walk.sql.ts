import type { Tile, WalkedTree } from '@ankasecure/audit-event';
import type { EntityManager } from 'typeorm';

/** The place of a walk, and the MAC over it. */
export interface StoredWalk extends WalkedTree {
  readonly hash: Buffer;
  readonly root: Buffer;
  readonly macKeyId: string;
  readonly mac: Buffer;
}

export const selectWalk = async (manager: EntityManager, tenantId: string): Promise<StoredWalk | undefined> => {
  const [row] = await manager.query<Omit<StoredWalk, 'tenantId'>[]>(
    `SELECT size::float8 AS size, hash, sealed_at::float8 AS "sealedAt", root, mac_key_id AS "macKeyId", mac FROM tree_walk
     WHERE tenant_id = $1`,
    [tenantId],
  );
  return row && { ...row, tenantId };
};

/** Stores the place of a walk and what its tree has grown by. @returns false if a checkpoint is there already */
export const storeWalk = async (
  manager: EntityManager,
  { tenantId, size, hash, sealedAt, root, macKeyId, mac }: StoredWalk,
  tiles: readonly Tile[],
): Promise<boolean> => {
  const [row] = await manager.query<{ stored: boolean }[]>(
    'SELECT store_walk($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS stored',
    [
      tenantId,
      size,
      hash,
      sealedAt,
      root,
      macKeyId,
      mac,
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ hashes }) => hashes),
    ],
  );
  return row?.stored === true;
};

export const dropWalk = async (manager: EntityManager, tenantId: string): Promise<void> => {
  await manager.query('SELECT drop_walk($1)', [tenantId]);
};
