import type { Tenant as TenantResource } from '@ankasecure/contracts';
import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, In, PrimaryColumn, Unique } from 'typeorm';

/**
 * A tenant. It is `pending` until its first policy is in force and its keys are in the HSM, and callers do not see it before.
 * It is `disabled` from the request on, and `active` again only when the workers have confirmed it.
 */
@Entity('tenant')
@Unique('tenant_slug', ['slug'])
@Check('tenant_state', `state IN ('pending', 'active', 'disabled')`)
@SealedRecord<Tenant>({
  deciding: ['id', 'slug', 'name', 'partition', 'state', 'createdAt', 'recordRevision'],
  told: 'state',
  notDeciding: { seal: 'is the seal itself' },
})
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
  state!: 'pending' | 'active' | 'disabled';

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}

/** The tenants that callers see. */
export const visible = In(['active', 'disabled'] satisfies Tenant['state'][]);

export const tenantResource = ({ id, slug, name, partition, state, createdAt }: Tenant): TenantResource => ({
  id,
  slug,
  name,
  partition,
  state: state === 'disabled' ? 'disabled' : 'active',
  createdAt: createdAt.toISOString(),
});
