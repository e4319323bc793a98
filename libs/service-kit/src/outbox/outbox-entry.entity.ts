import { Check, Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** The events of one commit on their way to the audit service. The row leaves when they are sealed. */
@Entity('outbox')
@Check('outbox_event_count_check', 'event_count BETWEEN 1 AND 1000')
export class OutboxEntry {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'outbox_pkey',
  })
  id!: string;

  @Column('integer', { name: 'event_count' })
  eventCount!: number;

  /** A JSON array of events, passed on as it stands. */
  @Column('text')
  events!: string;

  /** The audit service refused the events for good. The row waits for a person. */
  @Column('boolean', { default: false })
  quarantined!: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
