import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { PlatformKeyKind } from '../custody/custody.js';

const primaryKeyConstraintName = 'platform_key_pkey';

/**
 * A key in the HSM that serves a tenant and is not the tenant's own. It lies in this room because a wrapped version is read with
 * the keys that wrap it.
 */
@Entity('platform_key')
@Unique('platform_key_object_id_key', ['objectId'])
@Check('platform_key_kind_check', `kind IN ('kek', 'audit-mac', 'token-signing', 'blob-mac', 'import')`)
@Check('platform_key_generation_check', 'generation > 0')
@Check('platform_key_object_id_check', 'length(object_id) = 16')
@Check('platform_key_check', `(spki IS NOT NULL) = (kind IN ('token-signing', 'import'))`)
export class PlatformKeyRecord {
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

  /** CKA_ID of the object in the token. */
  @Column('bytea', { name: 'object_id' })
  objectId!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** DER SubjectPublicKeyInfo of a pair; null for secret keys. */
  @Column('bytea', { nullable: true })
  spki!: Buffer | null;

  @Column('timestamptz', { name: 'destroyed_at', nullable: true })
  destroyedAt!: Date | null;
}
