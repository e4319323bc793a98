import type { PolicyDocument } from '@ankasecure/policy-rules';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';

/**
 * `pending`: handed to the workers, not known to be in force. `active`: in force on every worker. `failed`: refused by the
 * workers before anything was done, so never in force; or given up because they enforce one that was not known here.
 */
export type PolicyVersionState = 'pending' | 'active' | 'superseded' | 'failed';

const primaryKeyConstraintName = 'policy_version_pkey';

/** What a tenant's policy was from some change on. The version is also the revision the workers know it by. */
@Entity('policy_version')
@Index('policy_version_pending', ['tenantId'], { unique: true, where: `(state = 'pending'::text)` })
@Index('policy_version_active', ['tenantId'], { unique: true, where: `(state = 'active'::text)` })
@Check('policy_version_version', 'version > 0')
@Check('policy_version_restores', 'restores > 0')
@Check('policy_version_approval', '(approval_id IS NULL) = (requested_by IS NULL)')
@Check('policy_version_two_people', 'requested_by <> changed_by')
@Check('policy_version_state', `state IN ('pending', 'active', 'superseded', 'failed')`)
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

  /** How often it was handed to the workers; written before each time. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** Why it failed: an error's code. */
  @Column('text', { name: 'failure_code', nullable: true })
  failureCode!: string | null;

  /** The earlier version whose document this one brought back. */
  @Column('integer', { nullable: true })
  restores!: number | null;

  /** Who brought it in force; where that took two people, who approved it. */
  @Column('text', { name: 'changed_by' })
  changedBy!: string;

  /** The issuer that said so; null where the service did it by itself. */
  @Column('text', { name: 'changed_by_issuer', nullable: true })
  changedByIssuer!: string | null;

  /** Where it took two people: the request that was approved, and who had made it. */
  @Column('uuid', { name: 'approval_id', nullable: true })
  approvalId!: string | null;

  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy!: string | null;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('timestamptz', { name: 'changed_at', default: () => 'now()' })
  changedAt!: Date;
}
