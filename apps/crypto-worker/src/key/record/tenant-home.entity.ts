import { UnsealedRecord } from '@ankasecure/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The partition on which a tenant lives. Workers of other partitions do not see its rows. The database alone writes it. */
@Entity('tenant_home')
@UnsealedRecord('Decides only which rows a worker’s database role sees. Whoever can write it sees all of them.')
export class TenantHomeRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'tenant_home_pkey' })
  tenantId!: string;

  @Column('text')
  partition!: string;
}
