import { hashBytes, type ReadTile, type Tile, type TileName, tilePath } from '@ankasecure/audit-event';
import type { DataSource, EntityManager } from 'typeorm';

/** A trail that has grown since its last checkpoint. */
export interface DueTrail {
  readonly tenantId: string;
  /** Its last event, as the database tells it. */
  readonly seq: number;
  /** The size of the last checkpoint; 0 if there is none. */
  readonly size: number;
  /** The age of the last checkpoint, in milliseconds; without one, that of the last event. */
  readonly ageMs: number;
}

/** A stored checkpoint. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly signedAt: Date;
}

export const dueTrails = (dataSource: DataSource): Promise<DueTrail[]> =>
  dataSource.query<DueTrail[]>(
    `SELECT tenant_id AS "tenantId", seq::float8 AS seq, size::float8 AS size, age_ms AS "ageMs" FROM due_checkpoints()`,
  );

/** Whether no other process makes a checkpoint of the tenant now. The transaction keeps it so. */
export const takeTurn = async (manager: EntityManager, tenantId: string): Promise<boolean> => {
  const [row] = await manager.query<{ taken: boolean }[]>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('checkpoint ' || $1, 0)) AS taken`,
    [tenantId],
  );
  return row?.taken === true;
};

/** The checkpoint of a size, or the last one. */
export const selectCheckpoint = async (
  manager: EntityManager,
  tenantId: string,
  size?: number,
): Promise<StoredCheckpoint | undefined> => {
  const [row] = await manager.query<StoredCheckpoint[]>(
    `SELECT size::float8 AS size, root, note, signed_at AS "signedAt" FROM checkpoint
     WHERE tenant_id = $1 AND ($2::bigint IS NULL OR size = $2) ORDER BY checkpoint.size DESC LIMIT 1`,
    [tenantId, size ?? null],
  );
  return row;
};

/** Checkpoints from the newest on. @param before the size that they are smaller than */
export const selectCheckpoints = (
  manager: EntityManager,
  tenantId: string,
  { before, limit }: { readonly before: number | undefined; readonly limit: number },
): Promise<StoredCheckpoint[]> =>
  manager.query<StoredCheckpoint[]>(
    `SELECT size::float8 AS size, root, note, signed_at AS "signedAt" FROM checkpoint
     WHERE tenant_id = $1 AND ($2::bigint IS NULL OR checkpoint.size < $2) ORDER BY checkpoint.size DESC LIMIT $3`,
    [tenantId, before ?? null, limit],
  );

/** Reads tiles at once. @returns how to read each of them. It throws RangeError for a tile that is missing or too short */
export const selectTiles = async (
  manager: EntityManager,
  tenantId: string,
  tiles: readonly TileName[],
): Promise<ReadTile> => {
  const rows = await manager.query<{ level: number; index: number; hashes: Buffer }[]>(
    `SELECT t.level, t.index::float8 AS index, t.hashes
     FROM unnest($2::smallint[], $3::bigint[]) AS asked (level, index)
       JOIN tree_tile t ON t.tenant_id = $1 AND t.level = asked.level AND t.index = asked.index`,
    [tenantId, tiles.map(({ level }) => level), tiles.map(({ index }) => index)],
  );
  const found = new Map(rows.map(({ level, index, hashes }) => [tilePath({ level, index, width: 256 }), hashes]));
  return ({ level, index, width }) => {
    const hashes = found.get(tilePath({ level, index, width: 256 }));
    if (hashes === undefined || hashes.length < width * hashBytes) throw new RangeError('a tile lacks hashes');
    return hashes.subarray(0, width * hashBytes);
  };
};

/** Stores a checkpoint and what has grown since the one of `fromSize`. @returns false if that is no longer the last */
export const storeCheckpoint = async (
  manager: EntityManager,
  tenantId: string,
  fromSize: number,
  { size, root, note }: Omit<StoredCheckpoint, 'signedAt'>,
  tiles: readonly Tile[],
): Promise<boolean> => {
  const [row] = await manager.query<{ stored: boolean }[]>(
    'SELECT store_checkpoint($1, $2, $3, $4, $5, $6, $7, $8) AS stored',
    [
      tenantId,
      fromSize,
      size,
      root,
      note,
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ hashes }) => hashes),
    ],
  );
  return row?.stored === true;
};
