import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { UnsealedRecord } from './sealed-record.js';

/** The highest revision that one of a tenant's records has in this database. */
@Entity('record_position')
@UnsealedRecord(
  'Counts the revisions of records. What it says is compared with the clock and with earlier revisions: see `RecordRevisions`.',
)
@Check('record_position_revision_check', 'revision > 0')
export class RecordPosition {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'record_position_pkey' })
  tenantId!: string;

  @Column('bigint')
  revision!: string;
}
