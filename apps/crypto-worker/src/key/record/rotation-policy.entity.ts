import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { KeyRecord } from './key.entity.js';

const primaryKeyConstraintName = 'rotation_policy_pkey';

/** When a key rotates automatically: by date, by number of uses, or by both, whichever comes first. */
@Entity('rotation_policy')
@Index('rotation_policy_due', ['nextAt'], { where: '(next_at IS NOT NULL)' })
@ForeignKey(() => KeyRecord, ['tenantId', 'keyId'], ['tenantId', 'id'], {
  name: 'rotation_policy_tenant_id_key_id_fkey',
})
@Check('rotation_policy_interval_seconds_check', 'interval_seconds > 0')
@Check('rotation_policy_max_uses_check', 'max_uses > 0')
@Check(
  'rotation_policy_check',
  '("interval" IS NULL) = (interval_seconds IS NULL) AND ("interval" IS NULL) = (next_at IS NULL)',
)
@Check('rotation_policy_check1', '"interval" IS NOT NULL OR max_uses IS NOT NULL')
@SealedRecord<RotationPolicyRecord>({
  deciding: ['tenantId', 'keyId', 'interval', 'intervalSeconds', 'nextAt', 'maxUses', 'setBy', 'recordRevision'],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class RotationPolicyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName })
  keyId!: string;

  /** The time between rotations, as the caller wrote it (ISO 8601). */
  @Column('text', { nullable: true })
  interval!: string | null;

  /** The time between rotations, in seconds. */
  @Column('bigint', { name: 'interval_seconds', nullable: true, transformer: wholeNumber })
  intervalSeconds!: number | null;

  @Column({ type: 'timestamptz', name: 'next_at', precision: 3, nullable: true })
  nextAt!: Date | null;

  /** The number of times that one version may protect data. */
  @Column('bigint', { name: 'max_uses', nullable: true, transformer: wholeNumber })
  maxUses!: number | null;

  /** The principal who set the policy. */
  @Column('text', { name: 'set_by' })
  setBy!: string;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
