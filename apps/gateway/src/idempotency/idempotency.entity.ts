import { UnsealedRecord } from '@ankasecure/service-kit';
import { Check, Column, Entity, Index, PrimaryColumn, VirtualColumn } from 'typeorm';

const primaryKeyConstraintName = 'idempotency_pkey';

/** The attempt or the answer of one Idempotency-Key of one person. */
@Entity('idempotency')
@Index('idempotency_expires', ['expiresAt'])
@Check('idempotency_key_check', `key ~ '^[\\x21-\\x7e]{1,255}$'`)
@Check('idempotency_caller_check', 'octet_length(caller) IN (0, 32)')
@Check('idempotency_body_hash_check', 'octet_length(body_hash) = 32')
@Check('idempotency_state_check', `state IN ('in-flight', 'done')`)
@Check('idempotency_check', `state = 'in-flight' OR (status IS NOT NULL AND headers IS NOT NULL AND body IS NOT NULL)`)
@UnsealedRecord(
  'Has a MAC that only the gateways can make (AnswerMac): neither the id of a new resource nor an answer is believed without.',
)
export class IdempotencyRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** SHA-256 of the caller's issuer and subject. It is empty in a record of a release before callers had keys of their own, which is not used. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName })
  caller!: Buffer;

  @PrimaryColumn('text', { primaryKeyConstraintName })
  key!: string;

  /** The `operationId` of the route. */
  @Column('text')
  route!: string;

  /** SHA-256 of the caller, the preconditions and the body. */
  @Column('bytea', { name: 'body_hash' })
  bodyHash!: Buffer;

  /** The id of the resource to create. It is the same for every attempt. */
  @Column('uuid', { name: 'resource_id' })
  resourceId!: string;

  @Column('text')
  state!: 'in-flight' | 'done';

  /** The number of the running or last attempt. */
  @Column('integer', { default: 1 })
  attempt!: number;

  /** The end of the attempt's lease. No other attempt can take over before this time. */
  @Column('timestamptz')
  deadline!: Date;

  @Column('smallint', { nullable: true })
  status!: number | null;

  @Column('jsonb', { nullable: true })
  headers!: Record<string, string> | null;

  @Column('bytea', { nullable: true })
  body!: Buffer | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** See `AnswerMac`. Null in a record of an earlier release, which is not believed. */
  @Column('bytea', { nullable: true })
  mac!: Buffer | null;

  /** Whether an attempt has a lease, by the database's clock. */
  @VirtualColumn({ type: 'boolean', query: (alias) => `${alias}.deadline > pg_catalog.now()` })
  isRunning!: boolean;
}
