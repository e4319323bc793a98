import { UnsealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { KeyVersionRecord } from '../../key/record/key-version.entity.js';

const primaryKeyConstraintName = 'gcm_reservation_pkey';

/** Counts the AES-GCM invocations that workers have reserved of a version that encrypts directly (`dir`). */
@Entity('gcm_reservation')
@ForeignKey(() => KeyVersionRecord, ['tenantId', 'keyId', 'version'], ['tenantId', 'keyId', 'version'], {
  name: 'gcm_reservation_tenant_id_key_id_version_fkey',
})
@Check('gcm_reservation_reserved_check', 'reserved BETWEEN 0 AND 4294967296')
@UnsealedRecord(
  'A counter that only grows and has no history: an older value would carry a genuine seal. Setting it back lets a key encrypt more than 2^32 messages.',
)
export class GcmReservationRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName })
  keyId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName })
  version!: number;

  @Column('bigint', { transformer: wholeNumber })
  reserved!: number;
}
