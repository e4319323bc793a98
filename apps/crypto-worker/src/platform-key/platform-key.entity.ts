import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { PlatformKeyKind } from '../custody/custody.js';

const primaryKeyConstraintName = 'platform_key_pkey';

/** A key in the HSM that serves a tenant and is not one of the tenant's own keys. */
@Entity('platform_key')
@Unique('platform_key_object_id_key', ['objectId'])
@Check('platform_key_kind_check', `kind IN ('kek', 'audit-mac', 'token-signing', 'blob-mac', 'import')`)
@Check('platform_key_check', `(spki IS NOT NULL) = (kind IN ('token-signing', 'import'))`)
@Check('platform_key_generation_check', 'generation > 0')
@Check('platform_key_object_id_check', 'length(object_id) = 16')
export class PlatformKey {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName })
  kind!: PlatformKeyKind;

  @PrimaryColumn('integer', { primaryKeyConstraintName })
  generation!: number;

  @Column('text')
  partition!: string;

  @Column('text', { name: 'token_label' })
  tokenLabel!: string;

  @Column('text', { name: 'token_serial' })
  tokenSerial!: string;

  /** The object's CKA_ID: 16 bytes. */
  @Column('bytea', { name: 'object_id' })
  objectId!: Buffer;

  /** DER SubjectPublicKeyInfo of a pair; null for secret keys. */
  @Column('bytea', { nullable: true })
  spki!: Buffer | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** When the object was destroyed: a KEK that a rotation has replaced. */
  @Column('timestamptz', { name: 'destroyed_at', nullable: true })
  destroyedAt!: Date | null;
}
