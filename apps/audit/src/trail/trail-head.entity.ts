import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The end of a tenant's trail, kept apart from its rows. It moves forward only, through `advance_trail_head`. */
@Entity('trail_head')
@Check('trail_head_seq_check', 'seq >= 0')
@Check('trail_head_hash_check', 'length(hash) = 32')
export class TrailHead {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'trail_head_pkey' })
  tenantId!: string;

  /** The last sequence number; 0 for an empty trail. */
  @Column('bigint', { transformer: wholeNumber })
  seq!: number;

  /** The leaf hash of the last row; the tenant's genesis hash for an empty trail. */
  @Column('bytea')
  hash!: Buffer;

  /** When the last row was sealed. */
  @Column('timestamptz', { name: 'sealed_at' })
  sealedAt!: Date;
}
