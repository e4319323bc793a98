import { AnkaError } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { Approval } from './approval.contract.js';

/** A request as it is on record, and how it stands at this moment by the database's clock. */
export interface ApprovalRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly operation: string;
  /** JSON: the bytes that are carried out. */
  readonly request: string;
  readonly if_match: string | null;
  readonly requested_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly state: Approval['state'];
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly reason: string | null;
  readonly outcome: Approval['outcome'];
  /** Its time is over, whatever its state. */
  readonly over: boolean;
  /** Somebody is at carrying it out. */
  readonly carried: boolean;
  /** By what whoever is at it, or was last, is told from others: until when it is his. */
  readonly claim: string | null;
}

/** Dates are obeyed by being looked at: no timer has to have run. */
export const stateNow = `CASE WHEN state = 'pending' AND expires_at <= now() THEN 'expired' ELSE state END`;

export const columns = `id, tenant_id, operation, request, if_match, requested_by, created_at, expires_at,
  ${stateNow} AS state, decided_by, decided_at, reason, outcome,
  expires_at <= now() AS over, coalesce(carrying_until > now(), false) AS carried, carrying_until::text AS claim`;

/** @throws AnkaError `approval-not-found` */
export const readApproval = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<ApprovalRow> => {
  const sql = `SELECT ${columns} FROM approval WHERE tenant_id = $1 AND id = $2 ${lock}`;
  const [row] = await manager.query<ApprovalRow[]>(sql, [tenantId, id]);
  if (row === undefined) throw new AnkaError('approval-not-found');
  return row;
};

export const resourceOf = (row: ApprovalRow): Approval => ({
  id: row.id,
  tenantId: row.tenant_id,
  operation: row.operation,
  request: JSON.parse(row.request) as Approval['request'],
  ifMatch: row.if_match === null ? null : Number(row.if_match),
  requestedBy: row.requested_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  state: row.state,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at?.toISOString() ?? null,
  reason: row.reason,
  outcome: row.outcome,
});
