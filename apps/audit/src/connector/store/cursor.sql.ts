import { type ChainStart, genesisHash } from '@ankasecure/audit-event';
import { platformTenantId } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';

/** One tenant's events and a connector that delivers them. */
export interface Lane {
  readonly tenantId: string;
  /** The tenant of the connector: the same, or the platform's. */
  readonly owner: string;
  readonly connectorId: string;
  /** The last event of the trail. */
  readonly head: number;
}

/** Whether the connector may deliver the tenant's events. The lanes are the database's word: it may tell one of another tenant. */
export const isOwnLane = ({ tenantId, owner }: Lane): boolean => owner === tenantId || owner === platformTenantId;

/** The time for which a delivery alone has its lane, in seconds, unless it renews it. A process that dies is replaced after it. */
export const leaseSeconds = 6;
export const leaseEnd = `clock_timestamp() + interval '${leaseSeconds} seconds'`;
const mine = `tenant_id = $1 AND connector_id = $2 AND lease_holder = $3 AND lease_until > clock_timestamp()`;

/** A lane, and the delivery that has it. */
export type Hold = readonly [tenantId: string, connectorId: string, delivery: string];

/** Where a delivery of a lane begins. */
export interface LaneStart extends ChainStart {
  /** The last event that was delivered before the lane was put back. */
  readonly repeatUntil: number;
}

/** Lanes of one connector, and of all, in a list of those that are due. */
const listed = { each: 8, most: 1_000 };

/**
 * Lists the lanes with events that may be sent now, of all tenants. Connectors take turns in it.
 * @param idle ids of connectors to leave out
 */
export const lanesDue = (dataSource: DataSource, idle: readonly string[]): Promise<Lane[]> =>
  dataSource.query<Lane[]>(
    `SELECT tenant_id AS "tenantId", owner, connector_id AS "connectorId", head::float8 AS head
     FROM connector_lanes($1, $2, $3, $4)`,
    [platformTenantId, idle, listed.each, listed.most],
  );

/** How far a connector is behind. */
export interface ConnectorLag {
  readonly connectorId: string;
  /** Events that are sealed and not delivered. */
  readonly waiting: number;
  /** Tenants whose delivery somebody must put right. */
  readonly paused: number;
}

export const connectorLags = (dataSource: DataSource): Promise<ConnectorLag[]> =>
  dataSource.query<ConnectorLag[]>(
    `SELECT connector_id AS "connectorId", waiting::float8 AS waiting, paused::float8 AS paused FROM connector_lags($1)`,
    [platformTenantId],
  );

/**
 * Takes the lane, unless another delivery has it, or has found since it was listed that it must wait.
 * @returns where the next event must follow, and up to which event what follows was delivered before
 */
export const claimLane = async (dataSource: DataSource, hold: Hold): Promise<LaneStart | undefined> => {
  const [tenantId] = hold;
  const rows = await withTenant(dataSource, tenantId, (manager) =>
    manager.query<{ seq: number; hash: Buffer; sealedAt: number; repeatUntil: number }[]>(
      `INSERT INTO connector_cursor AS k (tenant_id, connector_id, seq, hash, sealed_at, lease_holder, lease_until, tried_at, paused)
       VALUES ($1, $2, 0, $4, 0, $3, ${leaseEnd}, clock_timestamp(), false)
       ON CONFLICT (tenant_id, connector_id) DO UPDATE
         SET lease_holder = $3, lease_until = ${leaseEnd}, tried_at = clock_timestamp()
         WHERE (k.lease_holder IS NULL OR k.lease_until <= clock_timestamp())
           AND (k.retry_at IS NULL OR k.retry_at <= clock_timestamp())
       RETURNING seq::float8 AS seq, hash, sealed_at::float8 AS "sealedAt", repeat_until::float8 AS "repeatUntil"`,
      [...hold, genesisHash(tenantId)],
    ),
  );
  const [row] = rows;
  return row && { seq: row.seq + 1, previousHash: row.hash, sealedAt: row.sealedAt, repeatUntil: row.repeatUntil };
};

/** @returns false if the lease is over */
const changeMine = async (manager: EntityManager, sql: string, values: readonly unknown[]): Promise<boolean> => {
  const [rows] = await manager.query<[unknown[], number]>(`${sql} RETURNING 1`, [...values]);
  return rows.length > 0;
};

export const renewLease = (dataSource: DataSource, hold: Hold): Promise<boolean> =>
  withTenant(dataSource, hold[0], (manager) =>
    changeMine(manager, `UPDATE connector_cursor SET lease_until = ${leaseEnd} WHERE ${mine}`, hold),
  );

export const releaseLane = (dataSource: DataSource, hold: Hold): Promise<boolean> =>
  withTenant(dataSource, hold[0], (manager) =>
    changeMine(manager, `UPDATE connector_cursor SET lease_holder = NULL, lease_until = NULL WHERE ${mine}`, hold),
  );

/** An event that the receiver refuses for good. */
export interface DeadLetterRow {
  readonly seq: number;
  readonly eventId: string;
  readonly reason: string;
}

/** What a batch leaves behind. */
export interface Advance {
  /** The last event that was gone over, and its hash; undefined if there is none. */
  readonly to?: { readonly seq: number; readonly hash: Uint8Array; readonly sealedAt: number } | undefined;
  readonly dead: readonly DeadLetterRow[];
  readonly waitMs: number;
  readonly fault: string | null;
  readonly isPaused: boolean;
}

/** What is kept of a receiver's words: PostgreSQL stores no NUL, and no half of a character. */
const kept = (reason: string): string => reason.replaceAll('\0', '').slice(0, 500).toWellFormed();

/**
 * Moves the cursor and writes the dead letters in one transaction, if the delivery still has the lane.
 * @returns false if it has not: nothing was written
 */
export const advanceLane = (
  dataSource: DataSource,
  hold: Hold,
  { to, dead, waitMs, fault, isPaused }: Advance,
): Promise<boolean> =>
  withTenant(dataSource, hold[0], async (manager) => {
    const moved = await changeMine(
      manager,
      `UPDATE connector_cursor SET seq = coalesce($4, seq), hash = coalesce($5, hash), sealed_at = coalesce($6, sealed_at),
         delivered_at = CASE WHEN $4::bigint IS NULL THEN delivered_at ELSE clock_timestamp() END,
         retry_at = CASE WHEN $7::float8 = 0 THEN NULL ELSE clock_timestamp() + make_interval(secs => $7::float8 / 1000) END,
         last_error = $8, paused = $9, lease_until = ${leaseEnd}
       WHERE ${mine} AND ($4::bigint IS NULL OR $4 > seq)`,
      [
        ...hold,
        to?.seq ?? null,
        to === undefined ? null : Buffer.from(to.hash),
        to?.sealedAt ?? null,
        waitMs,
        fault === null ? null : kept(fault),
        isPaused,
      ],
    );
    if (!moved) return false;
    await manager.query(
      `INSERT INTO dead_letter (tenant_id, connector_id, seq, event_id, reason)
       SELECT $1, $2, seq, event_id, reason FROM unnest($3::bigint[], $4::uuid[], $5::text[]) AS d (seq, event_id, reason)
       ON CONFLICT (tenant_id, connector_id, seq) DO NOTHING`,
      [
        hold[0],
        hold[1],
        dead.map(({ seq }) => seq),
        dead.map(({ eventId }) => eventId),
        dead.map(({ reason }) => kept(reason)),
      ],
    );
    return true;
  });
