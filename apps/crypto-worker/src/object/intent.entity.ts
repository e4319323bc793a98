import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'intent_pkey';

/** An object that may be there without a record, or one that may be gone with it. */
export type IntentKind = 'make' | 'destroy';

/** A change of an HSM object that has begun and has not ended. */
@Entity('intent')
@Check('intent_object_id_check', 'length(object_id) = 16')
@Check('intent_kind_check', `kind IN ('make', 'destroy')`)
export class IntentRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** CKA_ID of the object. */
  @PrimaryColumn('bytea', { name: 'object_id', primaryKeyConstraintName })
  objectId!: Buffer;

  @Column('text')
  partition!: string;

  /** The lock number of the worker that may end the intent; 0 is nobody's. */
  @Column('bigint')
  lease!: string;

  /** The audit event, as JSON, that is sealed if the worker dies. */
  @Column('text')
  event!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('text', { default: 'make' })
  kind!: IntentKind;
}
