import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'connector_cursor_pkey';

/** How far one tenant's events have been delivered through one connector, and which delivery is in progress. */
@Entity('connector_cursor')
@Check('connector_cursor_seq_check', 'seq >= 0')
@Check('connector_cursor_hash_check', 'length(hash) = 32')
@Check('connector_cursor_repeat_until_check', 'repeat_until >= 0')
export class ConnectorCursor {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'connector_id', primaryKeyConstraintName })
  connectorId!: string;

  /** The last event that the receiver has, or that became a dead letter; 0 before the first. */
  @Column('bigint', { transformer: wholeNumber })
  seq!: number;

  /** The leaf hash of that event, which the next one must continue; the tenant's genesis hash before the first. */
  @Column('bytea')
  hash!: Buffer;

  @Column('bigint', { name: 'sealed_at', comment: 'microseconds since the epoch', transformer: wholeNumber })
  sealedAt!: number;

  /** The delivery in progress. */
  @Column('uuid', { name: 'lease_holder', nullable: true })
  leaseHolder!: string | null;

  /** By the database's clock. Until then no other begins. */
  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  @Column('timestamptz', { name: 'tried_at', nullable: true })
  triedAt!: Date | null;

  @Column('timestamptz', { name: 'delivered_at', nullable: true })
  deliveredAt!: Date | null;

  /** Nothing is sent before. */
  @Column('timestamptz', { name: 'retry_at', nullable: true })
  retryAt!: Date | null;

  /** Why the last attempt failed. Null if it did not. */
  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  /** Whether somebody must mend what `lastError` says. */
  @Column('boolean')
  paused!: boolean;

  /** The last event that was delivered before somebody put the cursor back. */
  @Column('bigint', { name: 'repeat_until', default: 0, transformer: wholeNumber })
  repeatUntil!: number;
}
