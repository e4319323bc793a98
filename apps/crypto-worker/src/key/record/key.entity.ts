import type { Alg, AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'key_pkey';

/** A key: everything that all its versions share. */
@Entity('key')
@Index('key_newest', ['tenantId', 'createdAt', 'id'])
@Check('key_purpose_check', `purpose IN ('encrypt', 'sign', 'mac', 'wrap', 'encapsulate')`)
@Check('key_algs_check', 'cardinality(algs) > 0')
@Check('key_metadata_check', `jsonb_typeof(metadata) = 'object'`)
@SealedRecord<KeyRecord>({
  deciding: [
    'tenantId',
    'id',
    'revision',
    'label',
    'algorithm',
    'purpose',
    'algs',
    'description',
    'metadata',
    'purgeProtection',
    'draft',
    'createdBy',
    'createdAt',
    'recordRevision',
  ],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class KeyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName })
  id!: string;

  /** Counts the changes of the key or of any of its versions. Callers name it in `If-Match`. */
  @Column('integer', { default: 1 })
  revision!: number;

  @Column('text')
  label!: string;

  @Column('text')
  algorithm!: AlgorithmName;

  @Column('text')
  purpose!: Purpose;

  /** The key's JOSE algorithms, the default first. */
  @Column('text', { array: true })
  algs!: Alg[];

  @Column('text', { nullable: true })
  description!: string | null;

  /** The tenant's metadata: names and values. */
  @Column('jsonb', { default: {} })
  metadata!: Record<string, string>;

  /** A destruction of the key always waits for the full period. */
  @Column('boolean', { name: 'purge_protection', default: false })
  purgeProtection!: boolean;

  /** The revision of the draft that the key's algorithms are from. Null for algorithms that no draft can change. */
  @Column('text', { nullable: true })
  draft!: string | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
