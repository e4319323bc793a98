import type { PolicyDocument } from '@ankasecure/policy-rules';
import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';

/**
 * `pending`: sent to the workers, not known to be in force. `active`: in force on every worker. `superseded`: replaced by a
 * later version. `failed`: never in force, because the workers refused it or enforce a version that this database did not know.
 */
export type PolicyVersionState = 'pending' | 'active' | 'superseded' | 'failed';

const primaryKeyConstraintName = 'policy_version_pkey';

/** One version of a tenant's policy. Workers know the version as the policy's revision. */
@Entity('policy_version')
@Index('policy_version_pending', ['tenantId'], { unique: true, where: `(state = 'pending'::text)` })
@Index('policy_version_active', ['tenantId'], { unique: true, where: `(state = 'active'::text)` })
@Check('policy_version_version', 'version > 0')
@Check('policy_version_restores', 'restores > 0')
@Check('policy_version_approval', '(approval_id IS NULL) = (requested_by IS NULL)')
@Check('policy_version_two_people', 'requested_by <> changed_by')
@Check('policy_version_state', `state IN ('pending', 'active', 'superseded', 'failed')`)
@SealedRecord<PolicyVersion>({
  deciding: [
    'tenantId',
    'version',
    'document',
    'state',
    'disabled',
    'reason',
    'failureCode',
    'restores',
    'changedBy',
    'changedByIssuer',
    'changedFrom',
    'approvalId',
    'requestedBy',
    'requestedByIssuer',
    'correlationId',
    'changedAt',
    'recordRevision',
  ],
  told: 'state',
  notDeciding: {
    attempts: 'Counts how often a change was sent. The workers apply a change once, however often it is sent.',
    seal: 'is the seal itself',
  },
})
export class PolicyVersion {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  @ForeignKey(() => Tenant, { name: 'policy_version_tenant' })
  tenantId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName })
  version!: number;

  @Column('jsonb')
  document!: PolicyDocument;

  @Column('text', { default: 'pending' })
  state!: PolicyVersionState;

  /** Whether the tenant is disabled while this version is in force. The document is that of the version before. */
  @Column('boolean', { default: false })
  disabled!: boolean;

  /** Why the tenant was disabled or enabled, in the words of whoever did it. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** The number of times that it was sent to the workers, counted before each time. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** The error code of a failed version. */
  @Column('text', { name: 'failure_code', nullable: true })
  failureCode!: string | null;

  /** The earlier version whose document a rollback restored. */
  @Column('integer', { nullable: true })
  restores!: number | null;

  /** The principal who made the change, or the approver if two people made it. */
  @Column('text', { name: 'changed_by' })
  changedBy!: string;

  /** The issuer that vouches for the principal. Null if the service acts by itself. */
  @Column('text', { name: 'changed_by_issuer', nullable: true })
  changedByIssuer!: string | null;

  /** The IP address that the change came from. Null if it is not recorded, or the service acts by itself. */
  @Column('text', { name: 'changed_from', nullable: true })
  changedFrom!: string | null;

  /** The approved request and its author, if two people made the change. */
  @Column('uuid', { name: 'approval_id', nullable: true })
  approvalId!: string | null;

  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy!: string | null;

  /** The issuer that vouches for the requester. Unknown for earlier versions. */
  @Column('text', { name: 'requested_by_issuer', nullable: true })
  requestedByIssuer!: string | null;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('timestamptz', { name: 'changed_at', default: () => 'now()' })
  changedAt!: Date;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
