import { SealedRecord, wholeNumber } from '@ankasecure/service-kit';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { KeyRecord } from './key.entity.js';

const primaryKeyConstraintName = 'former_kid_pkey';

/** A kid that one of the tenant's keys has or had elsewhere. It never changes. */
@Entity('former_kid')
@Index('former_kid_key', ['tenantId', 'keyId'])
@ForeignKey(() => KeyRecord, ['tenantId', 'keyId'], ['tenantId', 'id'], { name: 'former_kid_tenant_id_key_id_fkey' })
@SealedRecord<FormerKidRecord>({
  deciding: ['tenantId', 'kid', 'keyId', 'version', 'recordRevision'],
  notDeciding: {
    seal: 'is the seal itself',
  },
})
export class FormerKidRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('text', { collation: 'C', primaryKeyConstraintName })
  kid!: string;

  @Column('uuid', { name: 'key_id' })
  keyId!: string;

  /** The version of the key that has the kid. Null means the first one, which the import made. */
  @Column('integer', { nullable: true })
  version!: number | null;

  /** See `SealedRecord`. */
  @Column('bigint', { name: 'record_revision', nullable: true, transformer: wholeNumber })
  recordRevision!: number | null;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
