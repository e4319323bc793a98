import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The index of a tenant's records: one hash over all their heads, with a MAC under the tenant's key. */
@Entity('record_index')
@Check('record_index_sum_check', 'length(sum) = 2048')
@Check('record_index_mac_check', 'length(mac) = 32')
export class RecordIndexRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'record_index_pkey' })
  tenantId!: string;

  /** The last event that changed it. */
  @Column('bigint', { transformer: wholeNumber })
  seq!: number;

  @Column('bytea')
  sum!: Buffer;

  @Column('text', { name: 'mac_key_id' })
  macKeyId!: string;

  @Column('bytea')
  mac!: Buffer;
}
