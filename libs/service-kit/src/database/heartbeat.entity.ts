import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { UnsealedRecord } from '../record/sealed-record.js';

/** The one row that readiness writes, to show that the database takes writes. Nothing is decided by it. */
@Entity('heartbeat')
@Check('heartbeat_id_check', 'id = 1')
@UnsealedRecord('Proves that the database can be written to. Nobody reads it.')
export class HeartbeatRecord {
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'heartbeat_pkey' })
  id!: number;

  /** The time of the last write. */
  @Column('timestamptz')
  at!: Date;
}
