import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The highest revision that one of a tenant's records has in this database. */
@Entity('record_position')
@Check('record_position_revision_check', 'revision > 0')
export class RecordPosition {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'record_position_pkey' })
  tenantId!: string;

  @Column('bigint')
  revision!: string;
}
