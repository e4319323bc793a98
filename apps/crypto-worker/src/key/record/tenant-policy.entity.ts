import type { PolicyDocument } from '@ankasecure/policy-rules';
import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The enforced copy of a tenant's policy. The fence compares its revision. */
@Entity('tenant_policy')
@Check('tenant_policy_revision_check', 'revision > 0')
@SealedRecord<TenantPolicyRecord>({
  deciding: ['tenantId', 'revision', 'document', 'appliedAt', 'disabledAt', 'enabledAt', 'recordRevision'],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class TenantPolicyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'tenant_policy_pkey' })
  tenantId!: string;

  /** The version of the policy in the policy service. */
  @Column('integer')
  revision!: number;

  @Column('jsonb')
  document!: PolicyDocument;

  /** Since when nothing of the tenant is used, made or changed, whatever the document says. Null if it is not disabled. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;

  /** The time at which a disabled tenant was enabled. Destructions that came due before it wait for another day. */
  @Column('timestamptz', { name: 'enabled_at', nullable: true })
  enabledAt!: Date | null;

  @Column('timestamptz', { name: 'applied_at', default: () => 'now()' })
  appliedAt!: Date;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
