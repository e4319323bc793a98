import type { ChainRow } from '@ankasecure/audit-event';
import type { SealedEvent as SealedEventResource } from '@ankasecure/contracts';
import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instantOf } from './instant.js';

const primaryKeyConstraintName = 'sealed_event_pkey';

/** A sealed event: the reported fields in columns, the bytes that were sealed, and the hashes. Rows are never changed. */
@Entity('sealed_event')
@Index('sealed_event_tenant_id_key_id_seq_idx', ['tenantId', 'keyId', 'seq'], { where: '(key_id IS NOT NULL)' })
@Index('sealed_event_tenant_id_operation_seq_idx', ['tenantId', 'operation', 'seq'])
@Index('sealed_event_tenant_id_user_id_seq_idx', ['tenantId', 'userId', 'seq'])
@Index('sealed_event_tenant_id_correlation_id_idx', ['tenantId', 'correlationId'])
@Index('sealed_event_record_change_idx', ['tenantId', 'seq'], { where: `(details ~~ '%"record.%'::text)` })
@Index('sealed_event_failure_idx', ['tenantId', 'outcome', 'seq'], { where: `(outcome <> 'success'::text)` })
@Index('sealed_event_time_idx', ['tenantId', 'seq', 'occurredAt'])
@Check('sealed_event_seq_check', 'seq > 0')
@Check('sealed_event_outcome_check', `outcome IN ('success', 'failure', 'unknown')`)
@Check('sealed_event_hmac_check', 'length(hmac) = 32')
@Check('sealed_event_previous_hash_check', 'length(previous_hash) = 32')
@Check('sealed_event_hash_check', 'length(hash) = 32')
@Check('sealed_event_chain_seal_from_check', 'chain_seal_from > 0')
@Check('sealed_event_chain_seal_check', 'length(chain_seal) = 32')
@Check('sealed_event_check', '(chain_seal IS NULL) = (chain_seal_from IS NULL)')
@Check('sealed_event_chain_seal_index_seq_check', 'chain_seal_index_seq >= 0')
@Check(
  'sealed_event_chain_seal_index_mac_check',
  'length(chain_seal_index_mac) = CASE chain_seal_index_seq WHEN 0 THEN 0 ELSE 32 END',
)
@Check(
  'sealed_event_chain_seal_index_check',
  '(chain_seal_index_seq IS NULL) = (chain_seal_index_mac IS NULL) AND (chain_seal_index_seq IS NULL OR chain_seal IS NOT NULL)',
)
export class SealedEvent {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  /** Gapless per tenant, from 1. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName, transformer: wholeNumber })
  seq!: number;

  /** Chosen by the reporter. */
  @Column('uuid', { name: 'event_id' })
  eventId!: string;

  /** The principal that acted. */
  @Column('text', { name: 'user_id' })
  userId!: string;

  /** Null for an operation without a key. */
  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('text', { nullable: true })
  algorithm!: string | null;

  @Column('text')
  operation!: string;

  /** `unknown`: the process ended before it knew the outcome. */
  @Column('text')
  outcome!: SealedEventResource['outcome'];

  /** The error code of a failure. */
  @Column('text', { name: 'failure_code', nullable: true })
  failureCode!: string | null;

  /** When the operation happened, by the reporter's clock. */
  @Column('bigint', { name: 'occurred_at', comment: 'microseconds since the epoch', transformer: wholeNumber })
  occurredAt!: number;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  /** JSON, as it was sealed. */
  @Column('text')
  details!: string;

  /** The tenant's MAC key of a day, as the workers name it. */
  @Column('text', { name: 'mac_key_id' })
  macKeyId!: string;

  /** The canonical bytes of the nine fields. */
  @Column('bytea')
  canonical!: Buffer;

  /** The MAC over `canonical` under the tenant's key `macKeyId`. */
  @Column('bytea')
  hmac!: Buffer;

  /** The leaf hash of the row before; the tenant's genesis hash in the first row. */
  @Column('bytea', { name: 'previous_hash' })
  previousHash!: Buffer;

  /** The leaf hash of this row. */
  @Column('bytea')
  hash!: Buffer;

  /** When the batch was sealed, by the database's clock. It never goes back within a tenant. */
  @PrimaryColumn('timestamptz', { name: 'sealed_at', primaryKeyConstraintName })
  sealedAt!: Date;

  @Column('bigint', {
    name: 'chain_seal_from',
    nullable: true,
    comment: 'first seq of the batch that chain_seal covers',
    transformer: wholeNumber,
  })
  chainSealFrom!: number | null;

  @Column('bytea', {
    name: 'chain_seal',
    nullable: true,
    comment: 'on the last row of a batch: MAC over the chain so far, under mac_key_id',
  })
  chainSeal!: Buffer | null;

  /** Null beside a seal of version 1, which binds no index. */
  @Column('bigint', {
    name: 'chain_seal_index_seq',
    nullable: true,
    comment: 'the index of records that chain_seal binds: the last event that changed it, 0 for none',
    transformer: wholeNumber,
  })
  chainSealIndexSeq!: number | null;

  @Column('bytea', {
    name: 'chain_seal_index_mac',
    nullable: true,
    comment: 'the MAC of the index of records that chain_seal binds; empty for none',
  })
  chainSealIndexMac!: Buffer | null;
}

/** The event as readers see it. @throws SyntaxError, RangeError for a row that no service has written */
export const sealedEventResource = (row: ChainRow): SealedEventResource => ({
  tenantId: row.tenantId,
  eventId: row.eventId,
  userId: row.userId,
  keyId: row.keyId,
  algorithm: row.algorithm,
  operation: row.operation,
  outcome: row.outcome,
  failureCode: row.failureCode,
  correlationId: row.correlationId,
  seq: row.seq,
  macKeyId: row.macKeyId,
  occurredAt: instantOf(row.occurredAt),
  details: JSON.parse(row.details) as Record<string, string>,
  hmac: base64url(row.hmac),
  previousHash: base64url(row.previousHash),
  hash: base64url(row.hash),
  sealedAt: new Date(row.sealedAt / 1000).toISOString(),
});

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
