import type { ChainRow, ChainSeal } from '@ankasecure/audit-event';
import type { SealedEvent } from '@ankasecure/contracts';
import { instantOf } from './instant.js';

/** A row of `sealed_event` as the driver gives it. */
export interface SealedRow {
  readonly tenant_id: string;
  readonly seq: string;
  readonly event_id: string;
  readonly user_id: string;
  readonly key_id: string | null;
  readonly algorithm: string | null;
  readonly operation: string;
  readonly outcome: SealedEvent['outcome'];
  readonly failure_code: string | null;
  readonly occurred_at: string;
  readonly correlation_id: string;
  readonly details: string;
  readonly mac_key_id: string;
  readonly canonical: Buffer;
  readonly hmac: Buffer;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  readonly sealed_at: Date;
  readonly chain_seal_from: string | null;
  readonly chain_seal: Buffer | null;
}

/** A row read for verification: a Date would lose the microseconds of `sealed_at`, and with them what somebody does to them. */
export interface ExactRow extends SealedRow {
  readonly sealed_at_micros: string;
}

export const sealedAtMicros = '(extract(epoch FROM sealed_at) * 1000000)::bigint AS sealed_at_micros';

const fieldsOf = (row: SealedRow) => ({
  tenantId: row.tenant_id,
  eventId: row.event_id,
  userId: row.user_id,
  keyId: row.key_id,
  algorithm: row.algorithm,
  operation: row.operation,
  outcome: row.outcome,
  failureCode: row.failure_code,
  correlationId: row.correlation_id,
  seq: Number(row.seq),
  macKeyId: row.mac_key_id,
});

const chainSealOf = ({ chain_seal_from: from, chain_seal: mac }: SealedRow): ChainSeal | null =>
  from === null || mac === null ? null : { fromSeq: Number(from), mac };

/** For verification: columns and sealed bytes side by side. */
export const chainRowOf = (row: ExactRow): ChainRow => ({
  ...fieldsOf(row),
  occurredAt: Number(row.occurred_at),
  details: row.details,
  canonical: row.canonical,
  hmac: row.hmac,
  previousHash: row.previous_hash,
  hash: row.hash,
  sealedAt: Number(row.sealed_at_micros),
  chainSeal: chainSealOf(row),
});

/** For readers. */
export const sealedEventOf = (row: SealedRow): SealedEvent => ({
  ...fieldsOf(row),
  occurredAt: instantOf(Number(row.occurred_at)),
  details: JSON.parse(row.details) as Record<string, string>,
  hmac: row.hmac.toString('base64url'),
  previousHash: row.previous_hash.toString('base64url'),
  hash: row.hash.toString('base64url'),
  sealedAt: row.sealed_at.toISOString(),
});
