import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'kek_rotation_pkey';

/** A rotation of a tenant's KEK. It ends when the older generations are retired. */
@Entity('kek_rotation')
@Index('kek_rotation_open', ['partition'], { where: '(finished_at IS NULL)' })
@Check('kek_rotation_total_check', 'total >= 0')
@Check('kek_rotation_rewrapped_check', 'rewrapped >= 0')
@SealedRecord<KekRotationRecord>({
  deciding: [
    'tenantId',
    'generation',
    'partition',
    'total',
    'rewrapped',
    'startedBy',
    'correlationId',
    'startedAt',
    'finishedAt',
    'recordRevision',
  ],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class KekRotationRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** The new KEK's generation. */
  @PrimaryColumn('integer', { primaryKeyConstraintName })
  generation!: number;

  @Column('text')
  partition!: string;

  /** The number of versions to rewrap when the rotation began. */
  @Column('integer')
  total!: number;

  /** The number of versions that the rotation has rewrapped. Null if a release began it that did not count. */
  @Column('integer', { nullable: true })
  rewrapped!: number | null;

  /** The principal who started the rotation. */
  @Column('text', { name: 'started_by' })
  startedBy!: string;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('timestamptz', { name: 'started_at', default: () => 'now()' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
