import type { Service } from '@ankasecure/contracts';
import { wholeNumber } from '@ankasecure/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'record_position_pkey';

/** The highest revision of a tenant's records of one service that sealed events name. It moves forward only. */
@Entity('record_position')
export class RecordPosition {
  @PrimaryColumn('text', { primaryKeyConstraintName })
  owner!: Service;

  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** The HSM partition whose workers sealed the events. */
  @Column('text')
  partition!: string;

  @Column('bigint', { transformer: wholeNumber })
  revision!: number;
}
