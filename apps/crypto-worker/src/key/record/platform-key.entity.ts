import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { PlatformKeyKind } from '../../custody/custody.js';

const primaryKeyConstraintName = 'platform_key_pkey';

/** A key that the platform itself uses for a tenant, with its object in the HSM. */
@Entity('platform_key')
@Unique('platform_key_object_id_key', ['objectId'])
@Check(
  'platform_key_kind_check',
  `kind IN ('kek', 'audit-mac', 'token-signing', 'blob-mac', 'import', 'checkpoint-ed25519', 'checkpoint-p256', 'checkpoint-ml-dsa')`,
)
@Check('platform_key_generation_check', 'generation > 0')
@Check('platform_key_object_id_check', 'length(object_id) = 16')
@Check('platform_key_retired', `(retired_at IS NULL) = (destroy_at IS NULL) AND (retired_at IS NULL OR kind = 'kek')`)
@Check(
  'platform_key_check',
  `(spki IS NOT NULL) = (kind IN ('token-signing', 'import', 'checkpoint-ed25519', 'checkpoint-p256', 'checkpoint-ml-dsa'))`,
)
@SealedRecord<PlatformKeyRecord>({
  deciding: [
    'tenantId',
    'kind',
    'generation',
    'partition',
    'tokenLabel',
    'tokenSerial',
    'objectId',
    'spki',
    'createdAt',
    'retiredAt',
    'destroyAt',
    'destroyedAt',
    'recordRevision',
  ],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class PlatformKeyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName })
  kind!: PlatformKeyKind;

  /** Counts from 1. Each rotation adds one. */
  @PrimaryColumn('integer', { primaryKeyConstraintName })
  generation!: number;

  @Column('text')
  partition!: string;

  /** The label and serial of the token that holds the object. */
  @Column('text', { name: 'token_label' })
  tokenLabel!: string;

  @Column('text', { name: 'token_serial' })
  tokenSerial!: string;

  /** CKA_ID of the object: 16 random bytes. */
  @Column('bytea', { name: 'object_id' })
  objectId!: Buffer;

  /** The public half as a SubjectPublicKeyInfo (DER); only for kinds that are key pairs. */
  @Column('bytea', { nullable: true })
  spki!: Buffer | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** When a rotation replaced the KEK for good. Since then it is kept only for databases that are restored from a backup. */
  @Column({ type: 'timestamptz', name: 'retired_at', precision: 3, nullable: true })
  retiredAt!: Date | null;

  /** When a retired KEK is destroyed: no older backup is kept. */
  @Column({ type: 'timestamptz', name: 'destroy_at', precision: 3, nullable: true })
  destroyAt!: Date | null;

  /** When the object was destroyed, after a rotation. */
  @Column('timestamptz', { name: 'destroyed_at', nullable: true })
  destroyedAt!: Date | null;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
