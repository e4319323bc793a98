import { SealedRecord, UnsealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { KeyRecord } from './key.entity.js';

const primaryKeyConstraintName = 'key_alias_pkey';

/** A tenant's name for one of its keys. */
@Entity('key_alias')
@Index('key_alias_key', ['tenantId', 'keyId'])
@ForeignKey(() => KeyRecord, ['tenantId', 'keyId'], ['tenantId', 'id'], { name: 'key_alias_tenant_id_key_id_fkey' })
@SealedRecord<KeyAliasRecord>({
  deciding: ['tenantId', 'name', 'keyId', 'changedAt', 'revision', 'recordRevision'],
  told: 'keyId',
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class KeyAliasRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** Names sort by their bytes. */
  @PrimaryColumn('text', { collation: 'C', primaryKeyConstraintName })
  name!: string;

  @Column('uuid', { name: 'key_id' })
  keyId!: string;

  @Column({ type: 'timestamptz', name: 'changed_at', precision: 3, default: () => 'now()' })
  changedAt!: Date;

  /** Counts the changes of the alias. Callers name it in `If-Match`. A new alias has a higher one than any deleted alias had. */
  @Column('integer', { default: 1 })
  revision!: number;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}

/** The highest revision of a tenant's deleted aliases. An alias that is made again under its name must not have an old revision. */
@Entity('past_alias')
@UnsealedRecord(
  'Keeps revisions from being used twice. An older one only lets an If-Match succeed that should not; it changes no alias.',
)
export class PastAliasRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName: 'past_alias_pkey' })
  tenantId!: string;

  @Column('integer', { name: 'last_revision' })
  lastRevision!: number;
}
