import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'key_usage_pkey';

/** Uses of a key version by operation: a slot's share of the count. Written by `commit_outcomes` alone. */
@Entity('key_usage')
@ForeignKey('key_version', ['tenantId', 'keyId', 'version'], ['tenantId', 'keyId', 'version'], {
  name: 'key_usage_tenant_id_key_id_version_fkey',
})
@Check('key_usage_uses_check', 'uses > 0')
export class KeyUsageRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', primaryKeyConstraintName })
  keyId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName })
  version!: number;

  @PrimaryColumn('text', { primaryKeyConstraintName })
  operation!: string;

  @PrimaryColumn('smallint', { primaryKeyConstraintName })
  slot!: number;

  @Column('bigint')
  uses!: string;

  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt!: Date;
}
