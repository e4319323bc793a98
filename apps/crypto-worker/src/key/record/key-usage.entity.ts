import { UnsealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { KeyVersionRecord } from './key-version.entity.js';

const primaryKeyConstraintName = 'key_usage_pkey';

/**
 * Counts the uses of a key version by operation. `commit_outcomes` writes it. Each worker process adds to the rows of its own slot,
 * so none waits for another.
 */
@Entity('key_usage')
@ForeignKey(() => KeyVersionRecord, ['tenantId', 'keyId', 'version'], ['tenantId', 'keyId', 'version'], {
  name: 'key_usage_tenant_id_key_id_version_fkey',
})
@Check('key_usage_uses_check', 'uses > 0')
@UnsealedRecord('Counts uses for reports. It is written with each outcome and decides nothing.')
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

  @Column('bigint', { transformer: wholeNumber })
  uses!: number;

  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt!: Date;
}
