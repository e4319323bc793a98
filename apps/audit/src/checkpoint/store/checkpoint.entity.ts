import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'checkpoint_pkey';

/** A signed checkpoint of a tenant's tree. */
@Entity('checkpoint')
@Check('checkpoint_size_check', 'size > 0')
@Check('checkpoint_root_check', 'length(root) = 32')
export class CheckpointRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** The number of events. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName, transformer: wholeNumber })
  size!: number;

  @Column('bytea')
  root!: Buffer;

  /** The checkpoint as it was signed (C2SP tlog-checkpoint). It says what the other columns say. */
  @Column('text')
  note!: string;

  @Column('timestamptz', { name: 'signed_at' })
  signedAt!: Date;
}
