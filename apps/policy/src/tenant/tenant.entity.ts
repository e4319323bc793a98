import type { Tenant as TenantResource } from '@ankasecure/contracts';
import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/**
 * A tenant. It is `pending` until its first policy is in force and its keys are in the HSM. Callers see active
 * tenants only.
 */
@Entity('tenant')
@Unique('tenant_slug', ['slug'])
@Check('tenant_state', `state IN ('pending', 'active')`)
export class Tenant {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'tenant_pkey' })
  id!: string;

  @Column('text')
  slug!: string;

  @Column('text')
  name!: string;

  /** The HSM partition that holds the tenant's keys. */
  @Column('text')
  partition!: string;

  @Column('text', { default: 'pending' })
  state!: 'pending' | 'active';

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}

export const tenantResource = ({ id, slug, name, partition, createdAt }: Tenant): TenantResource => ({
  id,
  slug,
  name,
  partition,
  createdAt: createdAt.toISOString(),
});
