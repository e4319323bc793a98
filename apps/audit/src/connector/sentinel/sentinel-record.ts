import type { SealedEvent } from '@ankasecure/contracts';
import type { DeliveredEvent } from '../connector.js';

/** Azure Monitor cuts a field at 64 KiB. */
const mostFieldBytes = 60_000;

/** Details that are too long for a field are in the trail, whose leaf hash covers them. */
const detailsOf = ({ details }: SealedEvent): Readonly<Record<string, string>> => {
  const bytes = Buffer.byteLength(JSON.stringify(details));
  return bytes <= mostFieldBytes ? details : { omitted: `${bytes} bytes, too many for a field` };
};

/**
 * An event as a row of the table in `deploy/siem/sentinel`. Azure reserves the name `TenantId`, and replaces a `TimeGenerated` that is
 * older than two days, so the time of the event has a column of its own.
 */
export const sentinelRecord = (event: DeliveredEvent): Readonly<Record<string, unknown>> => ({
  TimeGenerated: event.sealedAt,
  OccurredAt: event.occurredAt,
  EventId: event.eventId,
  Seq: event.seq,
  AnkaTenantId: event.tenantId,
  UserId: event.userId,
  KeyId: event.keyId,
  Algorithm: event.algorithm,
  Operation: event.operation,
  Outcome: event.outcome,
  FailureCode: event.failureCode,
  CorrelationId: event.correlationId,
  Details: detailsOf(event),
  Hash: event.hash,
  PreviousHash: event.previousHash,
  MacKeyId: event.macKeyId,
  Hmac: event.hmac,
  Repeat: event.repeat === true,
});
