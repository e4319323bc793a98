import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { UnsealedRecord } from '../record/sealed-record.js';

/** The events of one commit that are not sealed yet. The row is deleted when they are sealed. */
@Entity('outbox')
@Index('outbox_next', ['partition', 'tenantId', 'id'], { where: '(NOT quarantined)' })
@Check('outbox_event_count_check', 'event_count BETWEEN 1 AND 1000')
@UnsealedRecord('Events on their way. They are sealed by the audit service, which decides what it accepts from whom.')
export class OutboxEntry {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'outbox_pkey',
  })
  id!: string;

  @Column('integer', { name: 'event_count' })
  eventCount!: number;

  /** A JSON array of events. It is passed on unchanged. */
  @Column('text')
  events!: string;

  /** The audit service refused the events for good. The row waits for an operator. */
  @Column('boolean', { default: false })
  quarantined!: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** The tenant of the events. The database reads it from them. */
  @Column({ type: 'uuid', name: 'tenant_id', insert: false })
  tenantId!: string;

  /** The HSM partition that the reporting process serves; empty for a service without one. The database sets it. */
  @Column({ type: 'text', insert: false })
  partition!: string;
}
