import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The place that the walk over a tenant's trail has reached since its last checkpoint. The tiles of its tree are among the others. */
@Entity('tree_walk')
@Check('tree_walk_size_check', 'size > 0')
@Check('tree_walk_hash_check', 'length(hash) = 32')
@Check('tree_walk_root_check', 'length(root) = 32')
@Check('tree_walk_mac_check', 'length(mac) = 32')
export class TreeWalkRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'tree_walk_pkey' })
  tenantId!: string;

  /** The number of events. */
  @Column('bigint', { transformer: wholeNumber })
  size!: number;

  /** The leaf hash of the last event, which the next one must continue. */
  @Column('bytea')
  hash!: Buffer;

  @Column('bigint', { name: 'sealed_at', comment: 'microseconds since the epoch', transformer: wholeNumber })
  sealedAt!: number;

  @Column('bytea')
  root!: Buffer;

  @Column('text', { name: 'mac_key_id' })
  macKeyId!: string;

  /** Over `walkedTreeBytes`, under the tenant's audit key. */
  @Column('bytea')
  mac!: Buffer;
}
