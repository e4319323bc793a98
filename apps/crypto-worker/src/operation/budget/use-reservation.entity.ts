import { UnsealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { KeyVersionRecord } from '../../key/record/key-version.entity.js';

const primaryKeyConstraintName = 'use_reservation_pkey';

/** Counts the uses that workers have reserved of a version whose rotation policy limits them. */
@Entity('use_reservation')
@ForeignKey(() => KeyVersionRecord, ['tenantId', 'keyId', 'version'], ['tenantId', 'keyId', 'version'], {
  name: 'use_reservation_tenant_id_key_id_version_fkey',
})
@Check('use_reservation_reserved_check', 'reserved >= 0')
@UnsealedRecord(
  'A counter that only grows and has no history: an older value would carry a genuine seal. Setting it back lets a version be used more often before it rotates.',
)
export class UseReservationRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName })
  keyId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName })
  version!: number;

  @Column('bigint', { transformer: wholeNumber })
  reserved!: number;
}
