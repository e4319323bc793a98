import { newId } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { leaseEnd } from '../store/cursor.sql.js';

/** One tenant's events and a connector that delivers them. */
export type LaneName = readonly [tenantId: string, connectorId: string];

/** The last event that was delivered; 0 if there is none. */
export const deliveredUpTo = async (dataSource: DataSource, [tenantId, connectorId]: LaneName): Promise<number> => {
  const [row] = await withTenant(dataSource, tenantId, (manager) =>
    manager.query<{ seq: number }[]>(
      'SELECT seq::float8 AS seq FROM connector_cursor WHERE tenant_id = $1 AND connector_id = $2',
      [tenantId, connectorId],
    ),
  );
  return row?.seq ?? 0;
};

/** The first event that was sealed then or later, as the database tells it. @param micros since the epoch */
export const firstSealedSince = async (
  manager: EntityManager,
  tenantId: string,
  micros: number,
): Promise<number | undefined> => {
  const [row] = await manager.query<{ seq: number }[]>(
    `SELECT seq::float8 AS seq FROM sealed_event
     WHERE tenant_id = $1 AND sealed_at >= to_timestamp($2::float8 / 1000000)
     ORDER BY sealed_at, sealed_event.seq LIMIT 1`,
    [tenantId, micros],
  );
  return row?.seq;
};

/** A place of a trail: an event, its hash, and when it was sealed in microseconds since the epoch. */
export interface Place {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly sealedAt: number;
}

/**
 * Puts a lane back to a place, and forgets what was refused after it. Whatever delivery has the lane loses it, and the next one begins
 * when its lease would be over: by then an attempt that is under way has ended.
 * @returns the last event that is a repeat; undefined if the lane stands before the place by now
 */
export const rewindLane = (
  dataSource: DataSource,
  [tenantId, connectorId]: LaneName,
  { seq, hash, sealedAt }: Place,
): Promise<number | undefined> =>
  withTenant(dataSource, tenantId, async (manager) => {
    const [rows] = await manager.query<[{ until: number }[], number]>(
      `UPDATE connector_cursor SET repeat_until = greatest(repeat_until, seq), seq = $3, hash = $4, sealed_at = $5,
         retry_at = NULL, last_error = NULL, paused = false, lease_holder = $6, lease_until = ${leaseEnd}
       WHERE tenant_id = $1 AND connector_id = $2 AND seq > $3 RETURNING repeat_until::float8 AS until`,
      [tenantId, connectorId, seq, Buffer.from(hash), sealedAt, newId()],
    );
    await manager.query('DELETE FROM dead_letter WHERE tenant_id = $1 AND connector_id = $2 AND seq > $3', [
      tenantId,
      connectorId,
      seq,
    ]);
    return rows[0]?.until;
  });
