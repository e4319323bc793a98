import { UnsealedRecord } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'refused_pin_pkey';

/** A PIN that a partition's token has refused. */
@Entity('refused_pin')
@Check('refused_pin_fingerprint_check', 'length(fingerprint) = 32')
@UnsealedRecord(
  'It is read before the token opens. A forged row stops a worker that starts; a deleted one spends one more try.',
)
export class RefusedPinRecord {
  @PrimaryColumn('text', { primaryKeyConstraintName })
  partition!: string;

  /** A keyed hash. The key is not in the database. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName })
  fingerprint!: Buffer;

  @Column('timestamptz', { name: 'refused_at', default: () => 'now()' })
  refusedAt!: Date;
}
