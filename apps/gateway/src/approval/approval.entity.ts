import { AnkaError } from '@ankasecure/contracts';
import { assertAsked, SealedRecord, transactionTime, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, type EntityManager, Index, PrimaryColumn, VirtualColumn } from 'typeorm';
import type { Approval } from './approval.contract.js';
import { type Standing, standingAt } from './approval-state.js';

const primaryKeyConstraintName = 'approval_pkey';

/** Selects requests as `standingAt` tells: whether the request has expired or its end is recorded, in any state. */
export const isOver = (alias: string): string =>
  `(${alias}.expires_at <= pg_catalog.now() OR ${alias}.ended_at IS NOT NULL)`;

/** Selects requests by their state at the time of reading, as `standingAt` tells it. */
export const stateNow = (alias: string): string =>
  `CASE WHEN ${alias}.state = 'pending' AND ${isOver(alias)} THEN 'expired' ELSE ${alias}.state END`;

/** A request that waits, or waited, for a second person. The requested operation never changes. */
@Entity('approval')
@Index('approval_pending', ['tenantId', 'requestedBy'], { where: `(state = 'pending'::text)` })
@Index('approval_over', { synchronize: false })
@Check('approval_state_check', `state IN ('pending', 'approved', 'rejected', 'withdrawn')`)
@Check('approval_check', `(state = 'pending') = (decided_by IS NULL)`)
@Check('approval_check1', '(decided_by IS NULL) = (decided_at IS NULL)')
@Check('approval_check2', `(decided_by = requested_by) = (state = 'withdrawn')`)
@Check('approval_check3', `outcome IS NULL OR state = 'approved'`)
@SealedRecord<ApprovalRecord>({
  deciding: [
    'tenantId',
    'id',
    'operation',
    'request',
    'ifMatch',
    'requestedBy',
    'requestedByIssuer',
    'createdAt',
    'expiresAt',
    'endedAt',
    'state',
    'decidedBy',
    'decidedByIssuer',
    'decidedAt',
    'reason',
    'outcome',
    'recordRevision',
  ],
  notDeciding: {
    carryingUntil: 'Keeps two attempts apart. An operation that is attempted twice happens once.',
    claim: 'follows from the others',
    seal: 'is the seal itself',
  },
})
export class ApprovalRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName })
  id!: string;

  /** The `operationId` of the requested route. */
  @Column('text')
  operation!: string;

  /** JSON: the bytes that are sent to the service. */
  @Column('text')
  request!: string;

  /** The revision that the request applies to. */
  @Column('bigint', { name: 'if_match', nullable: true })
  ifMatch!: string | null;

  @Column('text', { name: 'requested_by' })
  requestedBy!: string;

  /** The requester's issuer. */
  @Column('text', { name: 'requested_by_issuer' })
  requestedByIssuer!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** The time at which the name of its requester disappeared, and the request with it. */
  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** As stored: `expired` is never written. */
  @Column('text', { default: 'pending' })
  state!: Exclude<Approval['state'], 'expired'>;

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy!: string | null;

  /** The issuer of the person who decided. Null if an earlier version stored the decision. */
  @Column('text', { name: 'decided_by_issuer', nullable: true })
  decidedByIssuer!: string | null;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt!: Date | null;

  /** The reason for the rejection. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** The end of the attempt that carries the request out; null while there is none. */
  @Column('timestamptz', { name: 'carrying_until', nullable: true })
  carryingUntil!: Date | null;

  /** The final answer of the operation. */
  @Column('json', { nullable: true })
  outcome!: Approval['outcome'];

  /** Identifies the last attempt by its end, to the microsecond. */
  @VirtualColumn({ type: 'text', query: (alias) => `${alias}.carrying_until::text` })
  claim!: string | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;
}

/** A request as it stood when it was read. */
export type StandingApproval = ApprovalRecord & Standing;

/** @param now the time of the transaction that read the request */
export const standing = (record: ApprovalRecord, now: Date): StandingApproval =>
  Object.assign(record, standingAt(record, now));

/** @throws AnkaError `approval-not-found`, `clock-skew` */
export const findApproval = async (
  manager: EntityManager,
  tenantId: string,
  id: string,
  lock?: 'pessimistic_write',
): Promise<StandingApproval> => {
  const found = await manager.findOne(ApprovalRecord, {
    where: { tenantId, id },
    ...(lock !== undefined && { lock: { mode: lock } }),
  });
  if (found === null) throw new AnkaError('approval-not-found');
  assertAsked(manager, found, { tenantId, id });
  return standing(found, await transactionTime(manager));
};

export const resourceOf = (record: StandingApproval): Approval => ({
  id: record.id,
  tenantId: record.tenantId,
  operation: record.operation,
  request: JSON.parse(record.request) as Approval['request'],
  ifMatch: record.ifMatch === null ? null : Number(record.ifMatch),
  requestedBy: record.requestedBy,
  requestedByIssuer: record.requestedByIssuer,
  createdAt: record.createdAt.toISOString(),
  expiresAt: (record.endedAt ?? record.expiresAt).toISOString(),
  state: record.stateNow,
  decidedBy: record.decidedBy,
  decidedByIssuer: record.decidedByIssuer,
  decidedAt: record.decidedAt?.toISOString() ?? null,
  reason: record.reason,
  outcome: record.outcome,
});
