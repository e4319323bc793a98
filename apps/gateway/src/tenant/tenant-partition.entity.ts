import { UnsealedRecord } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The HSM partition of a tenant, from the policy service. */
@Entity('tenant_partition')
@Check('tenant_partition_partition_check', `partition ~ '^[A-Za-z0-9_-]{1,64}$'`)
@UnsealedRecord('Only routes. Another partition has neither the keys of the tenant nor the key that seals its records.')
export class TenantPartition {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'tenant_partition_pkey' })
  tenantId!: string;

  @Column('text')
  partition!: string;

  @Column('timestamptz', { name: 'learned_at', default: () => 'now()' })
  learnedAt!: Date;
}
