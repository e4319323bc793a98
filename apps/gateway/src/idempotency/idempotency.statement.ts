import type { EntityManager } from 'typeorm';

/** Names a record. */
export interface RecordName {
  readonly tenantId: string;
  /** SHA-256 of the caller's issuer and subject. */
  readonly caller: Buffer;
  readonly key: string;
}

/** The record of a new attempt. */
export interface NewAttempt extends RecordName {
  readonly route: string;
  readonly bodyHash: Buffer;
  readonly resourceId: string;
  /** See `AnswerMac`: of a request without an answer. */
  readonly mac: Buffer;
  /** The lease of the attempt in milliseconds. */
  readonly leaseMs: number;
}

/** An attempt that began or took over. */
export interface ClaimedAttempt {
  readonly attempt: number;
  readonly resourceId: string;
}

/** Begins the first attempt of a key, or of a key whose record has expired, in one statement. @returns undefined if the key is taken */
export const beginAttempt = async (
  manager: EntityManager,
  attempt: NewAttempt,
): Promise<ClaimedAttempt | undefined> => {
  const { tenantId, caller, key, route, bodyHash, resourceId, leaseMs, mac } = attempt;
  const [row] = await manager.query<ClaimedAttempt[]>(
    `INSERT INTO idempotency (tenant_id, caller, key, route, body_hash, resource_id, state, deadline, expires_at, mac)
     VALUES ($1, $2, $3, $4, $5, $6, 'in-flight', pg_catalog.now() + $7 * interval '1 ms', pg_catalog.now() + interval '24 h', $8)
     ON CONFLICT (tenant_id, caller, key) DO UPDATE SET
       route = excluded.route, body_hash = excluded.body_hash, resource_id = excluded.resource_id, state = excluded.state,
       attempt = idempotency.attempt + 1, deadline = excluded.deadline, status = NULL, headers = NULL, body = NULL,
       created_at = pg_catalog.now(), expires_at = excluded.expires_at, mac = excluded.mac
     WHERE idempotency.expires_at <= pg_catalog.now()
     RETURNING attempt, resource_id AS "resourceId"`,
    [tenantId, caller, key, route, bodyHash, resourceId, leaseMs, mac],
  );
  return row;
};

/** Takes over a key whose attempt has lost its lease, or was refused, or is not believed. */
export const takeOverAttempt = async (
  manager: EntityManager,
  attempt: NewAttempt,
): Promise<ClaimedAttempt | undefined> => {
  const { tenantId, caller, key, route, bodyHash, resourceId, leaseMs, mac } = attempt;
  const [[row]] = await manager.query<[ClaimedAttempt[], number]>(
    `UPDATE idempotency SET attempt = attempt + 1, deadline = pg_catalog.now() + $4 * interval '1 ms',
       route = $5, body_hash = $6, resource_id = $7, mac = $8,
       state = 'in-flight', status = NULL, headers = NULL, body = NULL
     WHERE tenant_id = $1 AND caller = $2 AND key = $3 RETURNING attempt, resource_id AS "resourceId"`,
    [tenantId, caller, key, leaseMs, route, bodyHash, resourceId, mac],
  );
  return row;
};

/** Extends the lease of an attempt that still runs, unless another has taken over. */
export const extendLease = async (
  manager: EntityManager,
  { tenantId, caller, key, leaseMs }: RecordName & Pick<NewAttempt, 'leaseMs'>,
  attempt: number,
): Promise<void> => {
  await manager.query(
    `UPDATE idempotency SET deadline = pg_catalog.now() + $4 * interval '1 ms'
     WHERE tenant_id = $1 AND caller = $2 AND key = $3 AND attempt = $5 AND state = 'in-flight'`,
    [tenantId, caller, key, leaseMs, attempt],
  );
};

/** Removes some of the expired records of every tenant. @returns how many */
export const removeExpired = async (manager: EntityManager): Promise<number> => {
  const [row] = await manager.query<{ removed: number }[]>('SELECT remove_expired_idempotency() AS removed');
  return row?.removed ?? 0;
};
