import type { ChainRow } from '@ankasecure/audit-event';
import type { SealedEvent } from '@ankasecure/contracts';
import { instantOf } from '../../trail/instant.js';

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A row of the trail as receivers get it: as `GET /audit/events` shows it. */
export const deliveredEvent = (row: ChainRow): SealedEvent => ({
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
  sealedAt: instantOf(row.sealedAt),
});
