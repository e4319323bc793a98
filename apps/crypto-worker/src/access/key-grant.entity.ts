import type { GranteeKind, KeyRight } from '@ankasecure/contracts';
import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'key_grant_pkey';

/** The rights of a subject or a group on one key, in addition to those of its roles. */
@Entity('key_grant')
@Index('key_grant_grantee', ['tenantId', 'kind', 'grantee'])
@ForeignKey('KeyRecord', ['tenantId', 'keyId'], ['tenantId', 'id'], { name: 'key_grant_tenant_id_key_id_fkey' })
@Check('key_grant_kind_check', `kind IN ('subject', 'group')`)
@Check('key_grant_grantee_check', 'length(grantee) BETWEEN 1 AND 256')
@Check(
  'key_grant_rights_check',
  `cardinality(rights) > 0
    AND rights <@ ARRAY['use:encrypt', 'use:decrypt', 'use:sign', 'use:verify', 'use:encapsulate', 'use:decapsulate', 'manage', 'view']`,
)
@SealedRecord<KeyGrantRecord>({
  deciding: ['tenantId', 'keyId', 'kind', 'grantee', 'rights', 'grantedBy', 'grantedAt', 'recordRevision'],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class KeyGrantRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName })
  keyId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName })
  kind!: GranteeKind;

  /** The subject, or the name of the group. */
  @PrimaryColumn('text', { primaryKeyConstraintName })
  grantee!: string;

  @Column('text', { array: true })
  rights!: KeyRight[];

  /** The principal who granted the rights. */
  @Column('text', { name: 'granted_by' })
  grantedBy!: string;

  @Column('timestamptz', { name: 'granted_at', default: () => 'now()' })
  grantedAt!: Date;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
