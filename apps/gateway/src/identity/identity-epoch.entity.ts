import { UnsealedRecord } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The epoch of identities: one row, whose revision grows with every change of an identity. */
@Entity('identity_epoch')
@Check('identity_epoch_single_check', 'single')
@UnsealedRecord('Tells gateways when to read again. A record that is read is believed for its own seal only.')
export class IdentityEpochRecord {
  @PrimaryColumn('boolean', { default: true, primaryKeyConstraintName: 'identity_epoch_pkey' })
  single!: boolean;

  @Column('bigint')
  revision!: string;
}

/** A running gateway, and its lease on an epoch of identities. */
@Entity('gateway_instance')
@UnsealedRecord('Tells a change how long to wait.')
export class GatewayInstance {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'gateway_instance_pkey' })
  id!: string;

  /** No work that began before this epoch is running on the gateway. */
  @Column('bigint')
  revision!: string;

  /** The end of its lease. */
  @Column('timestamptz', { name: 'alive_until' })
  aliveUntil!: Date;

  /** The epoch that the gateway reads in. Null if a gateway of an earlier version wrote the row. */
  @Column('bigint', { name: 'reads_in', nullable: true })
  readsIn!: string | null;
}
