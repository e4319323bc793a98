import { SealedRecord } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** `make`: an object may exist without a record. `destroy`: a recorded object may be gone. */
export type IntentKind = 'make' | 'destroy';

const primaryKeyConstraintName = 'intent_pkey';

/** A change of an object in the HSM that has begun. The row is deleted in the transaction that records how it ended. */
@Entity('intent')
@Check('intent_object_id_check', 'length(object_id) = 16')
@Check('intent_kind_check', `kind IN ('make', 'destroy')`)
@SealedRecord<IntentRecord>({
  deciding: ['tenantId', 'objectId', 'owner', 'partition', 'kind', 'event', 'createdAt'],
  notDeciding: {
    lease: 'names the worker that ends the intent; another name only delays the end',
    seal: 'is the seal itself',
  },
})
export class IntentRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** CKA_ID of the object: 16 random bytes. */
  @PrimaryColumn('bytea', { name: 'object_id', primaryKeyConstraintName })
  objectId!: Buffer;

  /** Whose object it is, as `ownerText` writes it. */
  @Column('text')
  owner!: string;

  @Column('text')
  partition!: string;

  @Column('text', { default: 'make' })
  kind!: IntentKind;

  /** The number of the holder's lease; 0 if there is no holder. */
  @Column('bigint')
  lease!: string;

  /** The audit event of its end, as JSON. */
  @Column('text')
  event!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** See `SealedRecord`. */
  @Column('bytea', { nullable: true })
  seal!: Buffer | null;
}
