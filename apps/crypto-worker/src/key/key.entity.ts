import type { Alg, AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { Check, Column, Entity, Index, OneToMany, OneToOne, PrimaryColumn } from 'typeorm';
import type { VersionRecord } from './key-version.entity.js';
import type { RotationPolicyRecord } from './rotation-policy.entity.js';

const primaryKeyConstraintName = 'key_pkey';

/** A tenant's key. What changes with each rotation is on its versions. */
@Entity('key')
@Index('key_newest', { synchronize: false })
@Check('key_purpose_check', `purpose IN ('encrypt', 'sign', 'mac', 'wrap')`)
@Check('key_algs_check', 'cardinality(algs) > 0')
@Check('key_metadata_check', `jsonb_typeof(metadata) = 'object'`)
export class KeyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName })
  id!: string;

  /** Moves with every change of the key or its versions; callers name it in If-Match. */
  @Column('integer', { default: 1 })
  revision!: number;

  @Column('text')
  label!: string;

  @Column('text')
  algorithm!: AlgorithmName;

  @Column('text')
  purpose!: Purpose;

  /** The JOSE algorithms that go with the key, the default first. */
  @Column('text', { array: true })
  algs!: Alg[];

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('boolean', { name: 'purge_protection', default: false })
  purgeProtection!: boolean;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('jsonb', { default: {} })
  metadata!: Record<string, string>;

  @OneToMany('VersionRecord', 'key')
  versions!: VersionRecord[];

  /** Null where the key does not rotate by itself. Undefined where it was not read. */
  @OneToOne('RotationPolicyRecord', 'key')
  rotationPolicy?: RotationPolicyRecord | null;
}
