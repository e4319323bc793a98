import { randomUUIDv7 } from 'node:crypto';
import { type AuditEvent, approvalDetails, type Context, userIssuer } from '@ankasecure/contracts';

/** What the trail says of a change of who may come in. */
export const identityEvent = (
  context: Context,
  operation: string,
  details: Readonly<Record<string, string>>,
): AuditEvent => ({
  eventId: randomUUIDv7(),
  tenantId: context.tenantId,
  userId: context.principal,
  keyId: null,
  algorithm: null,
  operation,
  outcome: 'success',
  failureCode: null,
  occurredAt: Date.now() * 1000,
  correlationId: context.correlationId,
  details: { ...details, ...userIssuer(context), ...approvalDetails(context) },
});
