import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row that readiness writes, to show that the database takes writes. Nothing is decided by it. */
@Entity('heartbeat')
@Check('heartbeat_id_check', 'id = 1')
export class HeartbeatRecord {
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'heartbeat_pkey' })
  id!: number;

  /** The time of the last write. */
  @Column('timestamptz')
  at!: Date;
}
