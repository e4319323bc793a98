import type { PolicyDocument } from '@ankasecure/policy-rules';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The enforced copy of a tenant's policy. The fence compares its revision. */
@Entity('tenant_policy')
@Check('tenant_policy_revision_check', 'revision > 0')
export class TenantPolicyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'tenant_policy_pkey' })
  tenantId!: string;

  /** The version of the policy in the policy service. */
  @Column('integer')
  revision!: number;

  @Column('jsonb')
  document!: PolicyDocument;

  /** Nothing of the tenant is used, made or changed, whatever the document says. */
  @Column('boolean', { default: false })
  disabled!: boolean;

  /** The time at which a disabled tenant was enabled. Destructions that came due before it wait for another day. */
  @Column('timestamptz', { name: 'enabled_at', nullable: true })
  enabledAt!: Date | null;

  @Column('timestamptz', { name: 'applied_at', default: () => 'now()' })
  appliedAt!: Date;
}
