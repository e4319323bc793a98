import { wholeNumber } from '@ankasecure/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'dead_letter_pkey';

/** An event that a receiver refuses for good. The event itself is in the trail. */
@Entity('dead_letter')
export class DeadLetter {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'connector_id', primaryKeyConstraintName })
  connectorId!: string;

  @PrimaryColumn('bigint', { primaryKeyConstraintName, transformer: wholeNumber })
  seq!: number;

  @Column('uuid', { name: 'event_id' })
  eventId!: string;

  @Column('text')
  reason!: string;

  /** When it was given up, by the database's clock. */
  @Column('timestamptz', { name: 'died_at', default: () => 'now()' })
  diedAt!: Date;
}
