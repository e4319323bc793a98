import { Check, Column, Entity, Index, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { KeyRecord } from './key.entity.js';

const primaryKeyConstraintName = 'rotation_policy_pkey';

/** When a key rotates by itself: by date, by the number of uses, or both. */
@Entity('rotation_policy')
@Index('rotation_policy_due', ['nextAt'], { where: '(next_at IS NOT NULL)' })
@Check('rotation_policy_interval_seconds_check', 'interval_seconds > 0')
@Check('rotation_policy_max_uses_check', 'max_uses > 0')
@Check(
  'rotation_policy_check',
  '("interval" IS NULL) = (interval_seconds IS NULL) AND ("interval" IS NULL) = (next_at IS NULL)',
)
@Check('rotation_policy_check1', '"interval" IS NOT NULL OR max_uses IS NOT NULL')
export class RotationPolicyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName })
  keyId!: string;

  /** An ISO 8601 duration, as the caller wrote it. */
  @Column('text', { nullable: true })
  interval!: string | null;

  @Column('bigint', { name: 'interval_seconds', nullable: true })
  intervalSeconds!: string | null;

  /** The next date; those that were missed come to one rotation. */
  @Column({ type: 'timestamptz', name: 'next_at', precision: 3, nullable: true })
  nextAt!: Date | null;

  /** How often a version may protect. */
  @Column('bigint', { name: 'max_uses', nullable: true })
  maxUses!: string | null;

  @Column('text', { name: 'set_by' })
  setBy!: string;

  @OneToOne(() => KeyRecord, 'rotationPolicy')
  @JoinColumn([
    {
      name: 'tenant_id',
      referencedColumnName: 'tenantId',
      foreignKeyConstraintName: 'rotation_policy_tenant_id_key_id_fkey',
    },
    { name: 'key_id', referencedColumnName: 'id', foreignKeyConstraintName: 'rotation_policy_tenant_id_key_id_fkey' },
  ])
  key!: KeyRecord;
}
