import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'kek_rotation_pkey';

/** A rotation of a tenant's KEK. Its progress is not kept: the blobs name the generation that wraps them. */
@Entity('kek_rotation')
@Index('kek_rotation_open', ['partition'], { where: '(finished_at IS NULL)' })
@Check('kek_rotation_total_check', 'total >= 0')
export class KekRotation {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** The generation that the rotation has made. */
  @PrimaryColumn('integer', { primaryKeyConstraintName })
  generation!: number;

  @Column('text')
  partition!: string;

  /** Key versions that had to be rewrapped when it began. */
  @Column('integer')
  total!: number;

  /** The principal who asked for it. */
  @Column('text', { name: 'started_by' })
  startedBy!: string;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('timestamptz', { name: 'started_at', default: () => 'now()' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
