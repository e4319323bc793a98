import type { RecordKind } from '@ankasecure/contracts';
import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'record_head_pkey';

/** The last change of a record that sealed events name. It is derived from the trail and moves forward only. */
@Entity('record_head')
@Check('record_head_seq_check', 'seq > 0')
@Check('record_head_revision_check', 'revision > 0')
export class RecordHead {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName })
  kind!: RecordKind;

  @PrimaryColumn('text', { collation: 'C', primaryKeyConstraintName })
  id!: string;

  /** The event that names the change. */
  @Column('bigint', { transformer: wholeNumber })
  seq!: number;

  @Column('bigint', { transformer: wholeNumber })
  revision!: number;

  /** Null if the record was deleted. */
  @Column('text', { nullable: true })
  digest!: string | null;

  @Column('text', { nullable: true })
  state!: string | null;
}
